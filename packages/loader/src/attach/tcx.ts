// tc programs by BPF link (BPF_LINK_CREATE with attach types TCX_INGRESS and TCX_EGRESS, Linux 6.6; kernel/bpf/tcx.c and
// mprog.c). A hook runs a list of programs; a new one goes to its end, or before or after another one.
import { type Diagnostic, DiagnosticError, type DiagnosticRow, diagnostic, uapi } from "@typebpf/abi";
import type { BackendLink, TcAttachOptions } from "../backend.ts";
import { Attr, attrLayouts } from "../kernel/attr.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName, errnos } from "../kernel/errno.ts";
import { Fd } from "../kernel/fd.ts";
import { linkInfo } from "../kernel/info.ts";
import type { NetworkInterface } from "../kernel/netlink.ts";
import type { TcDirection } from "../kernel/netlink-tc.ts";
import type { Sys } from "../kernel/sys.ts";
import { KernelLink } from "./kernel-link.ts";
import { positionOf, revisionOf } from "./position.ts";
import type { Attachable } from "./registry.ts";

const attachTypes = { ingress: uapi.attachType.TCX_INGRESS, egress: uapi.attachType.TCX_EGRESS };

function query(sys: Sys, ifindex: number, direction: TcDirection) {
  const attr = new Attr(sys, attrLayouts.programQuery);
  attr.set("target_ifindex", ifindex).set("attach_type", attachTypes[direction]);
  return { status: attr.call(uapi.command.PROG_QUERY), revision: attr.get("revision"), programs: attr.get("prog_cnt") };
}

/** Whether the kernel has tcx; older ones refuse the attach type. */
export function hasTcx(sys: Sys, ifindex: number, direction: TcDirection): boolean {
  return query(sys, ifindex, direction).status !== -errnos.EINVAL;
}

/** What the hook is called in messages. */
function hookName(device: NetworkInterface, direction: TcDirection): string {
  return `tc ${direction} on ${device.name}`;
}

/** What the user is told for each error number. */
const refusals: ReadonlyMap<number, { readonly row: DiagnosticRow; readonly message: string }> = new Map([
  [
    errnos.EPERM,
    { row: kernelDiagnostics.privilege, message: "the kernel does not let this process attach tc programs" },
  ],
  [errnos.EEXIST, { row: kernelDiagnostics.busy, message: "this program is already attached there" }],
  [errnos.ERANGE, { row: kernelDiagnostics.busy, message: "as many programs are attached there as the kernel takes" }],
  [errnos.ENODEV, { row: kernelDiagnostics.unknownInterface, message: "the interface has gone" }],
]);

function refusal(program: Attachable, device: NetworkInterface, options: TcAttachOptions, status: number): Diagnostic {
  const hook = hookName(device, options.direction);
  const notes = [`attaching "${program.name}" to ${hook}: the kernel answers ${errnoName(-status)}`];
  const relative = options.before !== undefined || options.after !== undefined;
  if (relative && (status === -errnos.ENOENT || status === -errnos.EINVAL)) {
    const message = `there is no such program or link at ${hook}`;
    return diagnostic(kernelDiagnostics.neighbour, { message, notes });
  }
  if (status === -errnos.ESTALE) {
    const { revision } = query(program.sys, device.index, options.direction);
    const message = `${hook} has revision ${revision}, not ${options.expectedRevision}`;
    return diagnostic(kernelDiagnostics.changedHook, { message, notes });
  }
  const found = refusals.get(-status);
  if (found) return diagnostic(found.row, { message: `${found.message} (${hook})`, notes });
  return diagnostic(kernelDiagnostics.attachRefused, {
    message: `the kernel refuses to attach "${program.name}" to ${hook}`,
    notes,
  });
}

/** Attaches by link. @throws DiagnosticError with what to do. */
export function attachTcx(
  program: Attachable,
  device: NetworkInterface,
  options: TcAttachOptions,
  warnings: readonly Diagnostic[],
): BackendLink {
  const { sys } = program;
  const { flags, id } = positionOf(options);
  const attr = new Attr(sys, attrLayouts.linkCreate);
  attr.set("prog_fd", program.fd).set("target_ifindex", device.index);
  attr.set("attach_type", attachTypes[options.direction]).set("flags", flags);
  attr.set("tcx.relative_id", id).set("tcx.expected_revision", revisionOf(options));
  const status = attr.call(uapi.command.LINK_CREATE);
  if (status < 0) throw new DiagnosticError([refusal(program, device, options, status)]);
  const hook = hookName(device, options.direction);
  const fd = new Fd(sys, status, `link of "${program.name}", ${hook}`);
  return new KernelLink(sys, fd, linkInfo(sys, status)?.id ?? 0, `${hook} (tcx)`, warnings);
}

// tc programs by BPF link (BPF_LINK_CREATE with attach types TCX_INGRESS and TCX_EGRESS, Linux 6.6; kernel/bpf/tcx.c and
// mprog.c). A hook runs a list of programs; a new one goes to its end, or before or after another one.
import { type Diagnostic, DiagnosticError, type DiagnosticRow, diagnostic, uapi } from "@typebpf/abi";
import type { BackendLink, TcAttachOptions, TcNeighbour } from "../backend.ts";
import { Attr, attrLayouts } from "../kernel/attr.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName, errnos } from "../kernel/errno.ts";
import { Fd } from "../kernel/fd.ts";
import { linkInfo } from "../kernel/info.ts";
import type { NetworkInterface } from "../kernel/netlink.ts";
import type { TcDirection } from "../kernel/netlink-tc.ts";
import type { Sys } from "../kernel/sys.ts";
import { KernelLink } from "./kernel-link.ts";
import { checkNumber, refuseOption } from "./options.ts";
import type { Attachable } from "./registry.ts";

const attachTypes = { ingress: uapi.attachType.TCX_INGRESS, egress: uapi.attachType.TCX_EGRESS };
const { BPF_F_BEFORE, BPF_F_AFTER, BPF_F_ID, BPF_F_LINK } = uapi.constant;
const MAX_U32 = 0xffff_ffff;
const MAX_U64 = 0xffff_ffff_ffff_ffffn;

/** Where in the hook's list a program goes: flags of BPF_LINK_CREATE and the id of the neighbour. */
interface Position {
  readonly flags: number;
  readonly id: number;
}

function neighbour(name: "before" | "after", given: TcNeighbour): Position {
  const flag = name === "before" ? BPF_F_BEFORE : BPF_F_AFTER;
  if (given === "all") return { flags: flag, id: 0 };
  const entries = typeof given === "object" && given !== null ? Object.entries(given) : [];
  const [entry] = entries;
  if (entries.length !== 1 || !entry || (entry[0] !== "link" && entry[0] !== "program")) {
    refuseOption(`${name} is "all", { link: ID } or { program: ID }`);
  }
  const id = checkNumber(`the id in ${name}`, entry[1], 1, MAX_U32) ?? 0;
  return { flags: flag | BPF_F_ID | (entry[0] === "link" ? BPF_F_LINK : 0), id };
}

/** @throws DiagnosticError for neighbours that make no sense */
function positionOf({ before, after }: TcAttachOptions): Position {
  if (before !== undefined && after !== undefined)
    refuseOption("a program goes before another one or after one", "give only one of before and after");
  if (before !== undefined) return neighbour("before", before);
  return after === undefined ? { flags: 0, id: 0 } : neighbour("after", after);
}

function revisionOf({ expectedRevision }: TcAttachOptions): bigint {
  if (expectedRevision === undefined) return 0n;
  const whole = typeof expectedRevision === "bigint" || Number.isSafeInteger(expectedRevision);
  const revision = whole ? BigInt(expectedRevision) : 0n;
  return revision >= 1n && revision <= MAX_U64 ? revision : refuseOption("expectedRevision is a whole number from 1");
}

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

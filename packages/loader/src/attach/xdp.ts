// XDP on a network interface by BPF link (BPF_LINK_CREATE, attach type BPF_XDP; dev_xdp_attach in net/core/dev.c). The
// interface is looked up in the network namespace of the calling thread, which is also where the kernel looks. Without
// a mode the kernel takes the driver's XDP where there is one, else the generic one.
import { type Diagnostic, DiagnosticError, type DiagnosticRow, diagnostic, uapi } from "@typebpf/abi";
import type { BackendLink, XdpAttachOptions } from "../backend.ts";
import { Attr, attrLayouts } from "../kernel/attr.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName, errnos } from "../kernel/errno.ts";
import { Fd } from "../kernel/fd.ts";
import { findXdpLink, linkInfo, programName } from "../kernel/info.ts";
import type { NetworkInterface } from "../kernel/netlink.ts";
import type { Sys } from "../kernel/sys.ts";
import { findInterface, readLinks } from "./interface.ts";
import { KernelLink } from "./kernel-link.ts";
import { checkInterface, checkNames, refuseOption } from "./options.ts";
import type { Attachable } from "./registry.ts";

/** `expected_attach_type` of XDP programs on an interface. */
const xdpAttachType = uapi.attachType.XDP;

const modeFlags: ReadonlyMap<unknown, number> = new Map<XdpAttachOptions["mode"], number>([
  [undefined, 0],
  ["native", uapi.xdpFlags.DRV_MODE],
  ["generic", uapi.xdpFlags.SKB_MODE],
]);

/** Modes as the kernel reports them: our name, and the word of `ip link` that takes such a program off. */
const attachedModes: ReadonlyMap<number, { readonly name: string; readonly off: string }> = new Map([
  [uapi.constant.XDP_ATTACHED_DRV, { name: "native", off: "xdpdrv" }],
  [uapi.constant.XDP_ATTACHED_SKB, { name: "generic", off: "xdpgeneric" }],
  [uapi.constant.XDP_ATTACHED_HW, { name: "in hardware", off: "xdpoffload" }],
]);

/** Who holds the interface's hook, and how to get it free. */
function busyDiagnostic(sys: Sys, device: NetworkInterface, status: number): Diagnostic {
  const id = device.xdp?.programId;
  const message = `another XDP program is attached to ${device.name}`;
  if (id === undefined) {
    const help = "detach XDP programs of the interface's upper or lower devices (bond, bridge, VLAN)";
    return diagnostic(kernelDiagnostics.busy, { message, help, notes: [`the kernel answers ${errnoName(-status)}`] });
  }
  const name = programName(sys, id);
  const link = findXdpLink(sys, device.index, id);
  const mode = attachedModes.get(device.xdp?.mode ?? 0);
  const program = `program ${id}${name ? ` ("${name}")` : ""}${mode ? `, ${mode.name}` : ""}`;
  return diagnostic(kernelDiagnostics.busy, {
    message: `${message}: ${program}`,
    notes: [
      link ? `it is held by BPF link ${link.id}` : "it was attached without a link, and stays until it is removed",
    ],
    help: link
      ? `stop the process that attached it, or run: bpftool link detach id ${link.id}`
      : `run: ip link set dev ${device.name} ${mode?.off ?? "xdp"} off`,
  });
}

/** Error numbers with which drivers refuse native XDP in the interface's present configuration. */
const nativeRefusals: ReadonlyMap<number, string> = new Map([
  [errnos.EOPNOTSUPP, "the driver has no XDP, or not in this configuration"],
  [errnos.ERANGE, "the MTU of the interface or of its peer is too large for XDP"],
  [errnos.ENOSPC, "the interface has fewer receive queues than XDP needs here"],
  [errnos.EINVAL, "the driver cannot combine XDP with the interface's present configuration"],
]);

function refusal(
  sys: Sys,
  program: Attachable,
  device: NetworkInterface,
  options: XdpAttachOptions,
  status: number,
): Diagnostic {
  const notes = [`the kernel answers ${errnoName(-status)}`];
  const raise = (row: DiagnosticRow, message: string): Diagnostic => diagnostic(row, { message, notes });
  if (status === -errnos.EPERM)
    return raise(kernelDiagnostics.privilege, "the kernel does not let this process attach XDP programs");
  const current = readLinks(sys).find((link) => link.index === device.index) ?? device;
  if (status === -errnos.EBUSY || status === -errnos.EEXIST) return busyDiagnostic(sys, current, status);
  const reason = nativeRefusals.get(-status);
  if (reason !== undefined && options.mode !== "generic") {
    return diagnostic(kernelDiagnostics.nativeUnsupported, {
      message: `${device.name} cannot run "${program.name}" in native mode`,
      notes: [reason, ...notes],
    });
  }
  return raise(kernelDiagnostics.attachRefused, `the kernel refuses to attach "${program.name}" to ${device.name}`);
}

/** Maps whose entries have programs. */
const holders: Readonly<Record<string, { readonly map: string; readonly example: string }>> = {
  XDP_DEVMAP: { map: "devMap", example: "maps.ports.set(key, { interface, program })" },
  XDP_CPUMAP: { map: "cpuMap", example: "maps.cpus.set(cpu, { queueSize, program })" },
};

/** Attaches an XDP program to an interface. @throws DiagnosticError with what to do. */
export function attachXdp(program: Attachable, options: XdpAttachOptions): BackendLink {
  const { sys } = program;
  const holder = holders[program.section.attach ?? ""];
  if (holder !== undefined) {
    const message = `"${program.name}" runs for the entries of a ${holder.map}, and is attached to no interface`;
    refuseOption(message, `put it into an entry: ${holder.example}`);
  }
  checkNames("XDP", options, ["interface", "mode"]);
  checkInterface(options.interface);
  const flags = modeFlags.get(options.mode);
  if (flags === undefined) {
    const message = `there is no XDP mode ${JSON.stringify(options.mode)}`;
    throw new DiagnosticError([
      diagnostic(kernelDiagnostics.attachRefused, { message, help: 'mode is "native" or "generic"' }),
    ]);
  }
  const device = findInterface(sys, options.interface);
  const attr = new Attr(sys, attrLayouts.linkCreate);
  attr.set("prog_fd", program.fd).set("target_ifindex", device.index).set("attach_type", xdpAttachType);
  attr.set("flags", flags);
  const status = attr.call(uapi.command.LINK_CREATE);
  if (status < 0) throw new DiagnosticError([refusal(sys, program, device, options, status)]);
  const fd = new Fd(sys, status, `link of "${program.name}" on ${device.name}`);
  const attached = readLinks(sys).find((link) => link.index === device.index)?.xdp;
  const mode = attachedModes.get(attached?.mode ?? 0)?.name ?? options.mode;
  return new KernelLink(sys, fd, linkInfo(sys, status)?.id ?? 0, `xdp on ${device.name}${mode ? ` (${mode})` : ""}`);
}

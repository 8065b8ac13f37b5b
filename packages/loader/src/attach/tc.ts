// tc programs (sched_cls) on a network interface, ingress or egress: by tcx link where the kernel has it, else as a
// direct-action filter on clsact. Either way, filters that a killed process left behind for this program are removed.
import type { BackendLink, TcAttachOptions } from "../backend.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnos } from "../kernel/errno.ts";
import { Netlink, type NetworkInterface } from "../kernel/netlink.ts";
import type { NetkitAttachOptions } from "../network-options.ts";
import { attachClsact, removeStale, staleFilters, staleWarning } from "./clsact.ts";
import { createLink, type Refusal } from "./create-link.ts";
import { findInterface } from "./interface.ts";
import { checkInterface, checkNames, checkNumber, checkWord, refuseOption } from "./options.ts";
import type { Attachable } from "./registry.ts";
import { attachTcx, hasTcx } from "./tcx.ts";

const common = ["interface", "direction", "mode"] as const;
const ofClsact = ["priority", "handle", "form"] as const;
const ofTcx = ["before", "after", "expectedRevision"] as const;

/** Checks what callers without types may give; gives the mode that was asked for. */
function wantedMode(options: TcAttachOptions): "tcx" | "clsact" | undefined {
  checkNames("tc", options, [...common, ...ofClsact, ...ofTcx]);
  checkInterface(options.interface);
  if (checkWord("direction", options.direction, ["ingress", "egress"]) === undefined)
    refuseOption("the direction is missing", 'give direction: "ingress" or direction: "egress"');
  checkNumber("priority", options.priority, 1, 0xffff);
  checkWord("form", options.form, ["direct", "classifier"]);
  checkNumber("handle", options.handle, 1, 0x7fff_ffff);
  if (options.handle !== undefined && options.priority === undefined)
    refuseOption("a handle is a number within a priority", "give priority with it, or leave the handle out");
  const given = (names: readonly (keyof TcAttachOptions)[]) => names.find((name) => options[name] !== undefined);
  const clsact = given(ofClsact);
  const tcx = given(ofTcx);
  if (clsact !== undefined && tcx !== undefined)
    refuseOption(`${clsact} is for clsact and ${tcx} for tcx`, "leave one of them out");
  const mode = checkWord("mode", options.mode, ["tcx", "clsact"]);
  if (mode === "tcx" && clsact !== undefined)
    refuseOption(`tcx has no ${clsact}`, "order tcx programs with before and after");
  if (mode === "clsact" && tcx !== undefined)
    refuseOption(`clsact has no ${tcx}`, "order clsact filters with priority");
  if (mode !== undefined) return mode;
  return clsact !== undefined ? "clsact" : tcx !== undefined ? "tcx" : undefined;
}

/** By link; stale filters of the program go only once the link works. */
function attachLink(program: Attachable, device: NetworkInterface, options: TcAttachOptions): BackendLink {
  using netlink = new Netlink(program.sys);
  const stale = staleFilters(program.sys, netlink, device.index, program.name);
  const link = attachTcx(
    program,
    device,
    options,
    stale.map((one) => staleWarning(device, one)),
  );
  for (const one of stale) removeStale(netlink, one);
  return link;
}

const netkitRefusals: ReadonlyMap<number, Refusal> = new Map([
  [
    errnos.EINVAL,
    {
      row: kernelDiagnostics.attachRefused,
      message: "the interface is no primary netkit interface, or the kernel has none (Linux 6.7)",
      help: "give the primary interface of a netkit pair: ip link add nk0 type netkit",
    },
  ],
]);

/** Both programs of a pair are attached by its primary interface. */
function attachNetkit(program: Attachable, options: NetkitAttachOptions): BackendLink {
  checkNames("netkit", options, ["interface"]);
  const device = findInterface(program.sys, checkInterface(options.interface));
  return createLink(program, { target: device.index, where: `netkit on ${device.name}`, refusals: netkitRefusals });
}

/** Attaches a tc program. @throws DiagnosticError with what to do. */
export function attachTc(program: Attachable, options: TcAttachOptions | NetkitAttachOptions): BackendLink {
  return "direction" in options || !program.section.attach?.startsWith("NETKIT")
    ? attachHook(program, options as TcAttachOptions)
    : attachNetkit(program, options);
}

function attachHook(program: Attachable, options: TcAttachOptions): BackendLink {
  const wanted = wantedMode(options);
  const device = findInterface(program.sys, options.interface);
  const mode = wanted ?? (hasTcx(program.sys, device.index, options.direction) ? "tcx" : "clsact");
  return mode === "tcx" ? attachLink(program, device, options) : attachClsact(program, device, options, options.form);
}

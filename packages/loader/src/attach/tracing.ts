// Programs on functions and tracepoints of the kernel, security hooks and extensions: the place is known since the load,
// so opening the program as a raw tracepoint without a name attaches it (bpf_raw_tp_link_attach and
// bpf_tracing_prog_attach in kernel/bpf/syscall.c). Hooks for a cgroup are a link on the cgroup.
import { DiagnosticError, uapi } from "@typebpf/abi";
import type { BackendLink } from "../backend.ts";
import { Attr, attrLayouts } from "../kernel/attr.ts";
import { Fd } from "../kernel/fd.ts";
import { linkInfo } from "../kernel/info.ts";
import { resolveReference } from "../kernel/references.ts";
import type { CgroupHookAttachOptions, PlacedAttachOptions } from "../placed-options.ts";
import { attachIterator } from "./iterator.ts";
import { checkNames, refuseOption } from "./options.ts";
import { PlacedLink, placedRefusal, placeOf } from "./placed-link.ts";
import type { Attachable } from "./registry.ts";

function made(program: Attachable, status: number): BackendLink {
  if (status < 0) throw new DiagnosticError([placedRefusal(program, status)]);
  const place = placeOf(program);
  const fd = new Fd(program.sys, status, `link of "${program.name}", ${place}`);
  return new PlacedLink(fd, linkInfo(program.sys, status)?.id ?? 0, place);
}

function attachToCgroup(program: Attachable, { cgroup }: CgroupHookAttachOptions): BackendLink {
  checkNames(program.type, { cgroup }, ["cgroup"]);
  if (cgroup === undefined) refuseOption("a hook for a cgroup is attached to { cgroup }: the path of its folder");
  using target = resolveReference(program.sys, { kind: "cgroup", at: cgroup });
  const attr = new Attr(program.sys, attrLayouts.linkCreate)
    .set("prog_fd", program.fd)
    .set("target_ifindex", target.number)
    .set("attach_type", uapi.attachType.LSM_CGROUP);
  return made(program, attr.call(uapi.command.LINK_CREATE));
}

/** Attaches a program whose place was given when it was loaded. @throws DiagnosticError with what to do */
export function attachPlaced(program: Attachable, options: PlacedAttachOptions | CgroupHookAttachOptions): BackendLink {
  const { attach } = program.section;
  if (attach === "TRACE_ITER") return attachIterator(program, options);
  if (attach === "LSM_CGROUP") return attachToCgroup(program, options as CgroupHookAttachOptions);
  checkNames(program.type, options, []);
  const attr = new Attr(program.sys, attrLayouts.rawTracepointOpen).set("prog_fd", program.fd);
  return made(program, attr.call(uapi.command.RAW_TRACEPOINT_OPEN));
}

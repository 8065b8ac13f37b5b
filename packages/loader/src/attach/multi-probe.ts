// Probes of many functions by one link (kernel/trace/bpf_trace.c: bpf_kprobe_multi_link_attach, Linux 5.18, and
// bpf_uprobe_multi_link_attach, Linux 6.6).
import { type Diagnostic, DiagnosticError, diagnostic, uapi } from "@typebpf/abi";
import type { BackendLink } from "../backend.ts";
import { Attr, attrLayouts } from "../kernel/attr.ts";
import { errnos } from "../kernel/errno.ts";
import { Fd } from "../kernel/fd.ts";
import { linkInfo } from "../kernel/info.ts";
import type { Memory, Sys } from "../kernel/sys.ts";
import { tracingDiagnostics } from "../kernel/tracing-diagnostics.ts";
import type { KprobeMultiAttachOptions, UprobeMultiAttachOptions } from "../tracing-options.ts";
import { functionOffsets, matching } from "./binary.ts";
import { checkNames, checkNumber, refuseOption } from "./options.ts";
import { PerfLink, perfRefusal, textMemory } from "./perf-link.ts";
import { atReturn, binaryOf, kernelFunctions, splitPlace, unknownKernelFunction } from "./probe.ts";
import type { Attachable } from "./registry.ts";

/** BPF_F_KPROBE_MULTI_RETURN, BPF_F_UPROBE_MULTI_RETURN */
const AT_RETURN = 1;

function wanted(given: unknown, target: string | undefined): readonly string[] {
  const list = Array.isArray(given) ? given : given === undefined ? [target] : [given];
  const names = list.filter((one): one is string => typeof one === "string" && one !== "");
  if (names.length > 0 && names.length === list.length) return names;
  return refuseOption("the functions are missing", 'give functions: "vfs_*", or a list of names');
}

function words(sys: Sys, values: readonly (bigint | number)[]): Memory {
  const memory = sys.allocate(values.length * 8);
  for (const [index, value] of values.entries()) memory.view.setBigUint64(index * 8, BigInt(value), true);
  return memory;
}

type LinkAttr = Attr<typeof attrLayouts.linkCreate>;

function create(
  program: Attachable,
  attr: LinkAttr,
  where: string,
  others: ReadonlyMap<number, Diagnostic>,
): BackendLink {
  const { sys } = program;
  const status = attr.call(uapi.command.LINK_CREATE);
  if (status < 0) throw perfRefusal(`attaching "${program.name}" to ${where}`, status, others);
  const fd = new Fd(sys, status, `link of "${program.name}", ${where}`);
  return new PerfLink([fd], linkInfo(sys, status)?.id ?? 0, where);
}

function unsupported(what: string): ReadonlyMap<number, Diagnostic> {
  const missing = diagnostic(tracingDiagnostics.noProbes, { message: `this kernel has no ${what}` });
  return new Map([[errnos.EOPNOTSUPP, missing]]);
}

/** Attaches to functions of the kernel. @throws DiagnosticError with what to do */
export function attachKprobeMulti(program: Attachable, options: KprobeMultiAttachOptions): BackendLink {
  const { sys, section } = program;
  checkNames("kprobe.multi", options, ["functions"]);
  const all = kernelFunctions();
  const names = wanted(options.functions, section.target).flatMap((pattern) => {
    const found = matching(pattern, all);
    if (found.length === 0) throw new DiagnosticError([unknownKernelFunction(pattern)]);
    return found;
  });
  const unique = [...new Set(names)];
  const texts = unique.map((name) => textMemory(sys, name));
  const list = words(
    sys,
    texts.map(({ address }) => address),
  );
  const attr = new Attr(sys, attrLayouts.linkCreate);
  attr.set("prog_fd", program.fd).set("attach_type", uapi.attachType.TRACE_KPROBE_MULTI);
  attr.set("kprobe_multi.flags", atReturn(program) ? AT_RETURN : 0);
  attr.set("kprobe_multi.cnt", unique.length).set("kprobe_multi.syms", list);
  const where = `${section.kind ?? "kprobe.multi"} on ${unique.length} functions`;
  const others = new Map(unsupported("kprobe.multi"));
  others.set(
    errnos.ESRCH,
    diagnostic(tracingDiagnostics.unknownFunction, { message: "one of the functions cannot be probed" }),
  );
  const link = create(program, attr, where, others);
  // The names are read after the call, so that their memory is alive throughout.
  if (texts.some(({ bytes }) => bytes.length === 0)) throw new Error("attach: a function without a name");
  return link;
}

/** Attaches to functions of a program or library. @throws DiagnosticError with what to do */
export function attachUprobeMulti(program: Attachable, options: UprobeMultiAttachOptions): BackendLink {
  const { sys, section } = program;
  checkNames("uprobe.multi", options, ["binary", "functions", "pid"]);
  const [file, place] = splitPlace(section.target, 1);
  const pid = checkNumber("pid", options.pid, 1, 0x7fff_ffff);
  const names = wanted(options.functions, place);
  const binary = binaryOf(options.binary, file, pid);
  const offsets = functionOffsets(binary, names);
  const attr = new Attr(sys, attrLayouts.linkCreate);
  attr.set("prog_fd", program.fd).set("attach_type", uapi.attachType.TRACE_UPROBE_MULTI);
  attr.set("uprobe_multi.path", textMemory(sys, binary.path)).set("uprobe_multi.offsets", words(sys, offsets));
  attr.set("uprobe_multi.cnt", offsets.length).set("uprobe_multi.flags", atReturn(program) ? AT_RETURN : 0);
  attr.set("uprobe_multi.pid", pid ?? 0);
  const where = `${section.kind ?? "uprobe.multi"} ${binary.path} on ${offsets.length} functions`;
  return create(program, attr, where, unsupported("uprobe.multi"));
}

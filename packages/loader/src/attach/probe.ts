// Probes of single functions (kernel/trace/trace_event_perf.c): events of the kinds kprobe and uprobe, whose numbers are in
// /sys/bus/event_source/devices. One event sees all CPUs.
import { readFileSync } from "node:fs";
import { type Diagnostic, DiagnosticError, diagnostic, nearest } from "@typebpf/abi";
import type { BackendLink } from "../backend.ts";
import { errnos } from "../kernel/errno.ts";
import { tracingDiagnostics } from "../kernel/tracing-diagnostics.ts";
import type { KprobeAttachOptions, UprobeAttachOptions, UsdtAttachOptions } from "../tracing-options.ts";
import { type Binary, declaredProbes, functionOffset, openBinary, splitOffset } from "./binary.ts";
import { checkNames, checkNumber, checkText, checkUnsigned, refuseOption } from "./options.ts";
import { attachToEvent, attachToEvents, openPerfEvent, perfRefusal, textMemory } from "./perf-link.ts";
import type { Attachable } from "./registry.ts";

const devices = "/sys/bus/event_source/devices";
const REF_CTR_SHIFT = 32n;

/** The number of a kind of event, and the configuration of probes at the return of functions. */
function eventSource(name: "kprobe" | "uprobe"): { readonly type: number; readonly returns: bigint } {
  try {
    const type = Number(readFileSync(`${devices}/${name}/type`, "utf8"));
    const bit = /config:(\d+)/.exec(readFileSync(`${devices}/${name}/format/retprobe`, "utf8"))?.[1];
    return { type, returns: 1n << BigInt(bit ?? 0) };
  } catch {
    const message = `this kernel has no ${name}s`;
    const help =
      name === "kprobe"
        ? "use a tracepoint, or a kernel with CONFIG_KPROBES and CONFIG_KPROBE_EVENTS"
        : "use a kernel with CONFIG_UPROBES and CONFIG_UPROBE_EVENTS";
    throw new DiagnosticError([diagnostic(tracingDiagnostics.noProbes, { message, help })]);
  }
}

/** Whether the program runs as functions return. */
export function atReturn({ section }: Attachable): boolean {
  return section.kind?.startsWith("kret") === true || section.kind?.startsWith("uret") === true;
}

/** Functions of the kernel, by /proc/kallsyms. */
export function kernelFunctions(): readonly string[] {
  const lines = readFileSync("/proc/kallsyms", "utf8").split("\n");
  return lines.flatMap((line) => /^\S+ [tT] (\S+)/.exec(line)?.[1] ?? []);
}

/** What to say of a function of the kernel that cannot be probed. */
export function unknownKernelFunction(name: string): Diagnostic {
  const names = kernelFunctions();
  const near = nearest(name, names);
  const help = near === undefined || near === name ? undefined : `did you mean ${near}?`;
  const message = names.includes(name)
    ? `the kernel does not let ${name} be probed`
    : `the kernel has no function ${name}`;
  return diagnostic(tracingDiagnostics.unknownFunction, { message, ...(help !== undefined && { help }) });
}

/** Attaches to a function of the kernel. @throws DiagnosticError with what to do */
export function attachKprobe(program: Attachable, options: KprobeAttachOptions): BackendLink {
  checkNames("kprobe", options, ["function", "cookie"]);
  const text = checkText("function", options.function) ?? program.section.target;
  if (text === undefined) return refuseOption("the function is missing", 'give function: "do_unlinkat"');
  const { type, returns } = eventSource("kprobe");
  const { name, offset } = splitOffset(text);
  const isReturn = atReturn(program);
  const request = {
    type,
    config: isReturn ? returns : 0n,
    text: textMemory(program.sys, name),
    offset: BigInt(offset),
    pid: -1,
    cpu: 0,
  };
  const refusals = new Map(
    [errnos.ENOENT, errnos.EINVAL, errnos.EADDRNOTAVAIL].map((one) => [one, unknownKernelFunction(name)]),
  );
  const cookie = checkUnsigned("cookie", options.cookie);
  return attachToEvent(program, request, `${isReturn ? "kretprobe" : "kprobe"} ${text}`, { cookie, refusals });
}

/** What a place in the source or the options name: the file, and what is behind the first or last colon. */
export function splitPlace(
  target: string | undefined,
  parts: number,
): readonly [binary: string | undefined, rest: string | undefined] {
  if (target === undefined) return [undefined, undefined];
  const pieces = target.split(":");
  if (pieces.length <= parts) return [undefined, target];
  return [pieces.slice(0, -parts).join(":"), pieces.slice(-parts).join(":")];
}

/** The file to probe. @throws DiagnosticError */
export function binaryOf(given: unknown, target: string | undefined, pid: number | undefined): Binary {
  const name = checkText("binary", given) ?? target;
  if (name === undefined) return refuseOption("the program or library is missing", 'give binary: "libc.so.6"');
  return openBinary(name, pid);
}

/** Attaches to a function of a program or library. @throws DiagnosticError with what to do */
export function attachUprobe(program: Attachable, options: UprobeAttachOptions): BackendLink {
  checkNames("uprobe", options, ["binary", "function", "pid", "cookie"]);
  const [file, place] = splitPlace(program.section.target, 1);
  const pid = checkNumber("pid", options.pid, 1, 0x7fff_ffff);
  const name = checkText("function", options.function) ?? place;
  if (name === undefined) return refuseOption("the function is missing", 'give function: "malloc"');
  const { type, returns } = eventSource("uprobe");
  const binary = binaryOf(options.binary, file, pid);
  const isReturn = atReturn(program);
  const request = {
    type,
    config: isReturn ? returns : 0n,
    text: textMemory(program.sys, binary.path),
    offset: BigInt(functionOffset(binary, name)),
    pid: pid ?? -1,
    cpu: pid === undefined ? 0 : -1,
  };
  const where = `${isReturn ? "uretprobe" : "uprobe"} ${binary.path}:${name}${pid === undefined ? "" : ` of process ${pid}`}`;
  return attachToEvent(program, request, where, { cookie: checkUnsigned("cookie", options.cookie) });
}

/** Attaches to a probe that a program or library declares: to each of its places. @throws DiagnosticError with what to do */
export function attachUsdt(program: Attachable, options: UsdtAttachOptions): BackendLink {
  checkNames("usdt", options, ["binary", "probe", "pid"]);
  const { sys } = program;
  const [file, place] = splitPlace(program.section.target, 2);
  const pid = checkNumber("pid", options.pid, 1, 0x7fff_ffff);
  const probe = checkText("probe", options.probe) ?? place;
  if (probe === undefined) return refuseOption("the probe is missing", 'give probe: "provider:name"');
  const { type } = eventSource("uprobe");
  const binary = binaryOf(options.binary, file, pid);
  const declared = declaredProbes(binary);
  const places = declared.filter(({ provider, name }) => `${provider}:${name}` === probe);
  if (places.length === 0) {
    const near = nearest(
      probe,
      declared.map(({ provider, name }) => `${provider}:${name}`),
    );
    const help = near === undefined ? undefined : `did you mean ${near}?`;
    const details = { message: `${binary.path} declares no probe ${probe}`, ...(help !== undefined && { help }) };
    throw new DiagnosticError([diagnostic(tracingDiagnostics.unknownProbe, details)]);
  }
  const where = `usdt ${binary.path}:${probe}${pid === undefined ? "" : ` of process ${pid}`}`;
  const events: number[] = [];
  for (const { offset, semaphore } of places) {
    const opened = openPerfEvent(sys, {
      type,
      config: BigInt(semaphore) << REF_CTR_SHIFT,
      text: textMemory(sys, binary.path),
      offset: BigInt(offset),
      pid: pid ?? -1,
      cpu: pid === undefined ? 0 : -1,
    });
    if (opened < 0) {
      for (const fd of events) sys.close(fd);
      throw perfRefusal(`opening ${where}`, opened);
    }
    events.push(opened);
  }
  return attachToEvents(program, events, where);
}

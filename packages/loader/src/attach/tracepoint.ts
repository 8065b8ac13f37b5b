// Programs at events of the kernel: perf_event_open with the number that tracefs has for the event. One event sees all CPUs.
// Raw tracepoints have a command of their own (BPF_RAW_TRACEPOINT_OPEN, Linux 4.17) and go by the name alone.
import {
  type ContextFieldRow,
  type Diagnostic,
  type DiagnosticError,
  diagnostic,
  tracepointFields,
  tracepointName,
  uapi,
} from "@typebpf/abi";
import type { BackendLink } from "../backend.ts";
import { Attr, attrLayouts } from "../kernel/attr.ts";
import { errnos } from "../kernel/errno.ts";
import { Fd } from "../kernel/fd.ts";
import { linkInfo } from "../kernel/info.ts";
import { tracingDiagnostics } from "../kernel/tracing-diagnostics.ts";
import type { RawTracepointAttachOptions, TracepointAttachOptions } from "../tracing-options.ts";
import { checkNames, checkText, checkUnsigned, refuseOption } from "./options.ts";
import { attachToEvent, PerfLink, perfRefusal, textMemory } from "./perf-link.ts";
import type { Attachable } from "./registry.ts";
import { findEvent, nearestRawTracepoint } from "./tracefs.ts";

const PERF_TYPE_TRACEPOINT = 2;

/** Fields that a format has elsewhere, or not at all. */
function moved(format: string, known: readonly ContextFieldRow[]): readonly string[] {
  return known.flatMap(({ name, offset }) => {
    const found = new RegExp(`\\b${name}(?:\\[[^\\]]*\\])?;\\toffset:(\\d+);`).exec(format);
    return found && Number(found[1]) === offset ? [] : [name];
  });
}

/** Says which fields of a known event this kernel has elsewhere. A schema of the author's is the author's to check. */
function formatWarnings(event: string, format: string): readonly Diagnostic[] {
  const names = moved(format, tracepointFields(event) ?? []);
  if (names.length === 0) return [];
  const message = `this kernel has fields of ${event} in other places, or not at all: ${names.join(", ")}`;
  return [diagnostic(tracingDiagnostics.otherFormat, { message })];
}

/** Attaches to an event. @throws DiagnosticError with what to do */
export function attachTracepoint(program: Attachable, options: TracepointAttachOptions): BackendLink {
  checkNames("tracepoint", options, ["event", "cookie"]);
  const event = tracepointName(checkText("event", options.event) ?? program.section.target ?? "");
  if (event === "") refuseOption("the event is missing", 'give event: "group:name"');
  const { id, format } = findEvent(program.sys, event);
  const request = { type: PERF_TYPE_TRACEPOINT, config: BigInt(id), period: 1, pid: -1, cpu: 0 };
  const warnings = formatWarnings(event, format);
  return attachToEvent(program, request, `tracepoint ${event}`, {
    cookie: checkUnsigned("cookie", options.cookie),
    warnings,
  });
}

function rawRefusal({ sys }: Attachable, event: string, status: number): DiagnosticError {
  const others = new Map<number, Diagnostic>();
  if (status === -errnos.ENOENT) {
    const near = nearestRawTracepoint(sys, event);
    const help = near === undefined ? undefined : `did you mean ${near}?`;
    const message = `this kernel has no tracepoint ${event}`;
    const row = tracingDiagnostics.unknownTracepoint;
    others.set(errnos.ENOENT, diagnostic(row, { message, ...(help !== undefined && { help }) }));
  }
  if (status === -errnos.EINVAL) {
    const message = `the tracepoint ${event} has fewer arguments than the program reads, or no buffer to write`;
    others.set(
      errnos.EINVAL,
      diagnostic(tracingDiagnostics.unknownTracepoint, { message, help: "read fewer items of ctx.args" }),
    );
  }
  return perfRefusal(`attaching to raw tracepoint ${event}`, status, others);
}

/** Attaches to a tracepoint by its own name. @throws DiagnosticError with what to do */
export function attachRawTracepoint(program: Attachable, options: RawTracepointAttachOptions): BackendLink {
  const { sys } = program;
  checkNames("raw tracepoint", options, ["event"]);
  const event = checkText("event", options.event) ?? program.section.target ?? "";
  if (event === "") refuseOption("the tracepoint is missing", 'give event: "sched_switch"');
  const attr = new Attr(sys, attrLayouts.rawTracepoint);
  attr.set("name", textMemory(sys, event)).set("prog_fd", program.fd);
  const status = attr.call(uapi.command.RAW_TRACEPOINT_OPEN);
  if (status < 0) throw rawRefusal(program, event, status);
  const where = `raw tracepoint ${event}`;
  const fd = new Fd(sys, status, `link of "${program.name}", ${where}`);
  return new PerfLink([fd], linkInfo(sys, status)?.id ?? 0, where);
}

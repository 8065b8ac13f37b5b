// Programs that sample a counter (perf_event_open; include/uapi/linux/perf_event.h): one event for each CPU, or one that follows
// a process.
import { type Diagnostic, diagnostic } from "@typebpf/abi";
import type { BackendLink } from "../backend.ts";
import { onlineCpus } from "../kernel/cpus.ts";
import { errnos } from "../kernel/errno.ts";
import { tracingDiagnostics } from "../kernel/tracing-diagnostics.ts";
import type { PerfCounter, PerfEventAttachOptions } from "../tracing-options.ts";
import { checkNames, checkNumber, checkWord, refuseOption } from "./options.ts";
import { attachToEvents, openPerfEvent, perfRefusal } from "./perf-link.ts";
import type { Attachable } from "./registry.ts";

const HARDWARE = 0;
const SOFTWARE = 1;

/** `PERF_TYPE_*` and `PERF_COUNT_*`. */
const counters: Readonly<Record<PerfCounter, readonly [type: number, config: number]>> = {
  "cpu-clock": [SOFTWARE, 0],
  "task-clock": [SOFTWARE, 1],
  "page-faults": [SOFTWARE, 2],
  "context-switches": [SOFTWARE, 3],
  "cpu-migrations": [SOFTWARE, 4],
  "minor-faults": [SOFTWARE, 5],
  "major-faults": [SOFTWARE, 6],
  "alignment-faults": [SOFTWARE, 7],
  "emulation-faults": [SOFTWARE, 8],
  "cgroup-switches": [SOFTWARE, 11],
  "cpu-cycles": [HARDWARE, 0],
  instructions: [HARDWARE, 1],
  "cache-references": [HARDWARE, 2],
  "cache-misses": [HARDWARE, 3],
  branches: [HARDWARE, 4],
  "branch-misses": [HARDWARE, 5],
  "bus-cycles": [HARDWARE, 6],
  "ref-cycles": [HARDWARE, 9],
};

const DEFAULT_FREQUENCY = 99;
const MOST_PERIOD = Number.MAX_SAFE_INTEGER;

/** Attaches to a counter. @throws DiagnosticError with what to do */
export function attachPerfEvent(program: Attachable, options: PerfEventAttachOptions): BackendLink {
  const { sys } = program;
  checkNames("perf event", options, ["event", "period", "frequency", "cpu", "pid"]);
  const event = checkWord("event", options.event, Object.keys(counters) as PerfCounter[]);
  if (event === undefined) return refuseOption("the counter is missing", 'give event: "cpu-clock"');
  const period = checkNumber("period", options.period, 1, MOST_PERIOD);
  const frequency = checkNumber("frequency", options.frequency, 1, 1_000_000);
  if (period !== undefined && frequency !== undefined)
    refuseOption("a counter has a period or a frequency", "give one of them");
  const pid = checkNumber("pid", options.pid, 1, 0x7fff_ffff) ?? -1;
  const cpu = checkNumber("cpu", options.cpu, 0, 0xffff);
  const [type, config] = counters[event];
  const where = `${event}${cpu === undefined ? "" : ` on CPU ${cpu}`}${pid < 0 ? "" : ` of process ${pid}`}`;
  const missing = diagnostic(tracingDiagnostics.noCounter, { message: `this machine has no counter ${event}` });
  const refusals = new Map<number, Diagnostic>([errnos.ENOENT, errnos.EOPNOTSUPP].map((number) => [number, missing]));
  const events: number[] = [];
  for (const one of cpu === undefined ? (pid < 0 ? onlineCpus() : [-1]) : [cpu]) {
    const request = { type, config: BigInt(config), period: period ?? frequency ?? DEFAULT_FREQUENCY, pid, cpu: one };
    const opened = openPerfEvent(sys, { ...request, isFrequency: period === undefined });
    // A CPU may have gone meanwhile.
    if (opened === -errnos.ENODEV && cpu === undefined) continue;
    if (opened < 0) {
      for (const fd of events) sys.close(fd);
      throw perfRefusal(`opening ${where}`, opened, refusals);
    }
    events.push(opened);
  }
  return attachToEvents(program, events, where);
}

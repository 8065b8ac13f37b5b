// Output to the trace pipe. Prototypes: kernel/trace/bpf_trace.c; the forms of the format: bpf_bprintf_prepare of
// kernel/bpf/helpers.c (Linux 6.12). Both write one line for user space to see, so no call of them may go.
import { uapi } from "../uapi.generated.ts";
import { basePrograms } from "./program-sets.ts";
import type { HelperRow } from "./row.ts";

const format = [
  { name: "fmt", is: "memoryRead", size: "fmtSize" },
  { name: "fmtSize", is: "size", zero: false },
] as const;

const value = { is: "integer", width: 64, signed: false } as const;

export const traceHelpers = {
  tracePrintk: {
    symbol: "bpf_trace_printk",
    number: uapi.helper.trace_printk,
    since: "4.1",
    args: [...format, { name: "arg1", ...value }, { name: "arg2", ...value }, { name: "arg3", ...value }],
    returns: { is: "integer", width: 32, signed: true },
    effects: ["impure", "traces"],
    license: "GPL",
    programs: "all",
    surface: { on: "none" },
    doc: "Writes a line with up to three values to the trace pipe; gives its length.",
  },
  traceVprintk: {
    symbol: "bpf_trace_vprintk",
    number: uapi.helper.trace_vprintk,
    since: "5.16",
    args: [
      ...format,
      { name: "data", is: "memoryRead", size: "dataLen", nullable: true },
      { name: "dataLen", is: "size", zero: true },
    ],
    returns: { is: "integer", width: 32, signed: true },
    effects: ["impure", "traces"],
    license: "GPL",
    programs: basePrograms,
    surface: { on: "none" },
    doc: "Writes a line with values that lie in memory, 8 bytes each, to the trace pipe; gives its length.",
  },
} as const satisfies Readonly<Record<string, HelperRow>>;

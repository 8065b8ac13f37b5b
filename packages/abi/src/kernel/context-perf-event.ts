// A sample of a counter: the registers where it was taken, then what was sampled (include/uapi/linux/bpf_perf_event.h).
import { registerFields } from "./context-pt-regs.ts";
import type { ContextRow } from "./context-row.ts";

/** Row of the context `bpf_perf_event_data`. */
export const perfEventContext = {
  struct: "bpf_perf_event_data",
  size: 184,
  fields: [
    ...registerFields("4.9"),
    {
      name: "sample_period",
      as: "samplePeriod",
      offset: 168,
      size: 8,
      access: "read",
      is: "integer",
      since: "4.9",
      doc: "Events between the last sample and this one.",
    },
    {
      name: "addr",
      as: "addr",
      offset: 176,
      size: 8,
      access: "read",
      is: "integer",
      since: "4.16",
      doc: "The address that was accessed, where the counter samples one.",
    },
  ],
} as const satisfies ContextRow;

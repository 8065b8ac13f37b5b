// A sample of a counter (include/uapi/linux/bpf_perf_event.h).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `bpf_perf_event_data`. */
export const perfEventContext = { struct: "bpf_perf_event_data", size: 184, fields: [] } as const satisfies ContextRow;

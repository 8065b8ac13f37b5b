// The arguments of a tracepoint, 64 bits each (include/uapi/linux/bpf.h).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `bpf_raw_tracepoint_args`. */
export const rawTracepointContext = {
  struct: "bpf_raw_tracepoint_args",
  size: 0,
  fields: [],
} as const satisfies ContextRow;

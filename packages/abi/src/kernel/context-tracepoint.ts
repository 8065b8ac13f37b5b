// The record of an event: 8 bytes that the kernel keeps to itself, then the event's fields (/sys/kernel/tracing/events/*/*/format).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `tracepoint`. */
export const tracepointContext = { struct: "trace_entry", size: 0, fields: [] } as const satisfies ContextRow;

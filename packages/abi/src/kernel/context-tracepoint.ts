// The record of an event: 8 bytes that the kernel keeps to itself, then the event's fields. Those are not here but with the
// event (kernel/tracepoints/events.ts), or in the schema that the author gives.
import type { ContextRow } from "./context-row.ts";

/** Row of the context `tracepoint`. */
export const tracepointContext = { struct: "trace_entry", size: 8, fields: [] } as const satisfies ContextRow;

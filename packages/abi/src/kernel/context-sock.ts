// A socket (include/uapi/linux/bpf.h).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `bpf_sock`. */
export const sockContext = { struct: "bpf_sock", size: 80, fields: [] } as const satisfies ContextRow;

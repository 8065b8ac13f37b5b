// A socket option that is read or set (include/uapi/linux/bpf.h).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `bpf_sockopt`. */
export const sockoptContext = { struct: "bpf_sockopt", size: 40, fields: [] } as const satisfies ContextRow;

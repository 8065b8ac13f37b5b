// A step in the life of a TCP connection (include/uapi/linux/bpf.h).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `bpf_sock_ops`. */
export const sockOpsContext = { struct: "bpf_sock_ops", size: 224, fields: [] } as const satisfies ContextRow;

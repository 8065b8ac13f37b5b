// An address that a process names (include/uapi/linux/bpf.h).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `bpf_sock_addr`. */
export const sockAddrContext = { struct: "bpf_sock_addr", size: 72, fields: [] } as const satisfies ContextRow;

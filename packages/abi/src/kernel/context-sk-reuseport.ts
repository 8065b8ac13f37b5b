// A packet for one of several sockets (include/uapi/linux/bpf.h).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `sk_reuseport_md`. */
export const skReuseportContext = { struct: "sk_reuseport_md", size: 56, fields: [] } as const satisfies ContextRow;

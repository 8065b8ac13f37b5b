// A packet that needs a socket (include/uapi/linux/bpf.h).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `bpf_sk_lookup`. */
export const skLookupContext = { struct: "bpf_sk_lookup", size: 72, fields: [] } as const satisfies ContextRow;

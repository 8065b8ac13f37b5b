// A packet at a hook of the packet filter (include/linux/bpf.h: state and skb).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `bpf_nf_ctx`. */
export const netfilterContext = { struct: "bpf_nf_ctx", size: 16, fields: [] } as const satisfies ContextRow;

// Data that a socket sends (include/uapi/linux/bpf.h).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `sk_msg_md`. */
export const skMsgContext = { struct: "sk_msg_md", size: 80, fields: [] } as const satisfies ContextRow;

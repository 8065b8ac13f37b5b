// Arguments of a function of the kernel, 64 bits each (kernel/bpf/btf.c, btf_ctx_access).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `arguments`. */
export const argumentsContext = { struct: "", size: 0, fields: [] } as const satisfies ContextRow;

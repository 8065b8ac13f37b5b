// A struct that user space gives, to read and write (kernel/bpf/syscall.c).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `syscall`. */
export const syscallContext = { struct: "", size: 0, fields: [] } as const satisfies ContextRow;

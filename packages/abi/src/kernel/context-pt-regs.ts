// The registers at a probe (struct pt_regs of x86-64).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `pt_regs`. */
export const ptRegsContext = { struct: "pt_regs", size: 168, fields: [] } as const satisfies ContextRow;

// The stack: 512 bytes for a program's variables, after those that never live at the same time share memory. Over it, the
// diagnostic names every variable and its share. The final frame, spilled registers included, is measured again after
// register allocation.
import { type Diagnostic, diagnostic, limits } from "@typebpf/abi";
import type { IrFunction } from "../ir/function.ts";
import { analyzeDiagnostics } from "./diagnostics.ts";
import { frameBytes, stackBytes, usedSlots } from "./share-slots.ts";

/** A diagnostic with the ledger of `fn` when its slots, shared, need more than the stack has. */
export function checkStack(fn: IrFunction, shared: IrFunction): readonly Diagnostic[] {
  const total = stackBytes(shared);
  const ordered = [...usedSlots(fn)].sort((a, b) => b.size - a.size || a.id - b.id);
  const [largest] = ordered;
  if (total <= limits.stackBytes || !largest) return [];
  const alone = stackBytes(fn);
  const saved =
    alone > total ? [`${alone - total} bytes are shared by variables that never live at the same time`] : [];
  return [
    diagnostic(analyzeDiagnostics.stackTooLarge, {
      message: `the variables of ${fn.name} need ${total} bytes of stack; there are ${limits.stackBytes}`,
      at: largest.at,
      notes: [...ordered.map((slot) => `${slot.name}: ${frameBytes(slot)} bytes (line ${slot.at.line})`), ...saved],
    }),
  ];
}

// The stack: 512 bytes for a program's variables. Over it, the diagnostic names every variable and its share. The final
// frame, spilled registers included, is measured again after register allocation.
import { type Diagnostic, diagnostic, limits } from "@typebpf/abi";
import type { IrFunction, SlotId } from "../ir/function.ts";
import type { Ranges } from "../ir/ranges.ts";
import { analyzeDiagnostics } from "./diagnostics.ts";

/** Slots that code which can run uses. */
function usedSlots(fn: IrFunction, ranges: Ranges): ReadonlySet<SlotId> {
  const used = new Set<SlotId>();
  for (const block of fn.blocks) {
    if (!ranges.isReachable(block.id)) continue;
    for (const inst of block.insts) if (inst.op === "slot") used.add(inst.slot);
  }
  return used;
}

/** A diagnostic with the ledger when the slots need more than the stack has. */
export function checkStack(fn: IrFunction, ranges: Ranges): readonly Diagnostic[] {
  const used = usedSlots(fn, ranges);
  const slots = fn.slots.filter((slot) => used.has(slot.id));
  const rounded = (size: number): number => Math.ceil(size / 8) * 8;
  const total = slots.reduce((sum, slot) => sum + rounded(slot.size), 0);
  const ordered = [...slots].sort((a, b) => b.size - a.size || a.id - b.id);
  const [largest] = ordered;
  if (total <= limits.stackBytes || !largest) return [];
  const ledger = ordered.map((slot) => `${slot.name}: ${rounded(slot.size)} bytes (line ${slot.at.line})`);
  return [
    diagnostic(analyzeDiagnostics.stackTooLarge, {
      message: `the variables of ${fn.name} need ${total} bytes of stack; there are ${limits.stackBytes}`,
      at: largest.at,
      notes: ledger,
    }),
  ];
}

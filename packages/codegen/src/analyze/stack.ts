// The stack: 512 bytes for a program's variables. Over it, the diagnostic names every variable and its share. The final
// frame, spilled registers included, is measured again after register allocation. Also refs to memory that a loop makes
// anew in the same place: they must not outlive the iteration.
import { type Diagnostic, diagnostic, limits } from "@typebpf/abi";
import type { IrFunction, SlotId, ValueId } from "../ir/function.ts";
import type { Places } from "../ir/places.ts";
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

/** Diagnostics of stack memory that is made in a loop and kept for the next iteration. */
export function checkKeptSlots(fn: IrFunction, ranges: Ranges, places: Places): readonly Diagnostic[] {
  const made = new Map<SlotId, readonly number[]>();
  for (const block of fn.blocks) {
    for (const inst of block.insts) {
      if (inst.op === "slot") made.set(inst.slot, [...(made.get(inst.slot) ?? []), block.id]);
    }
  }
  const found: Diagnostic[] = [];
  for (const loop of ranges.loops) {
    const header = fn.blocks.find((block) => block.id === loop.header);
    header?.params.forEach((param, index) => {
      if (param.type !== "ptr.stack") return;
      for (const edge of ranges.incoming(loop.header)) {
        if (!loop.blocks.has(edge.from.id)) continue;
        for (const slot of slotsOf(edge.args[index] ?? -1, fn, places)) {
          const isInside = (made.get(slot) ?? []).some((block) => loop.blocks.has(block));
          const at = fn.slots.find((one) => one.id === slot)?.at;
          if (isInside && at) found.push(diagnostic(analyzeDiagnostics.keptStackRef, { at }));
        }
      }
    });
  }
  return found;
}

/** Slots that a pointer may point into, through block parameters. */
function slotsOf(pointer: ValueId, fn: IrFunction, places: Places): ReadonlySet<SlotId> {
  const slots = new Set<SlotId>();
  const seen = new Set<ValueId>();
  const open = [pointer];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    const slot = places.slotOf(value);
    if (slot !== undefined) slots.add(slot);
    const inst = places.definition(value);
    if (inst?.op === "ptradd") open.push(inst.args[0]);
    if (!inst) open.push(...argumentsOf(value, fn));
  }
  return slots;
}

function argumentsOf(param: ValueId, fn: IrFunction): readonly ValueId[] {
  const target = fn.blocks.find((block) => block.params.some((one) => one.value === param));
  const index = target?.params.findIndex((one) => one.value === param) ?? -1;
  if (!target) return [];
  return fn.blocks.flatMap(({ end }) => {
    const edges = end.op === "jump" ? [end.to] : end.op === "branch" ? [end.then, end.else] : [];
    return edges.filter((edge) => edge.block === target.id).flatMap((edge) => edge.args[index] ?? []);
  });
}

// Where the memory of stack slots is needed: a slot lives while a pointer that is derived from it may still be used, since
// nothing else reaches its bytes. Takes lowered IR, in which one instruction makes each slot; gives the pairs of slots
// that live at the same time. A slot whose address is stored in memory lives everywhere.
import { argsOf, argsOfEnd, blockMap, edgesOf, resultOf } from "./cfg.ts";
import type { Block, BlockId, Inst, IrFunction, SlotId, ValueId } from "./function.ts";

/** For each slot, those that must not share a byte with it. */
export type Interference = ReadonlyMap<SlotId, ReadonlySet<SlotId>>;

type Derived = ReadonlyMap<ValueId, ReadonlySet<SlotId>>;

/** Slots that live at the same time. */
export function slotInterference(fn: IrFunction): Interference {
  const derived = derivedPointers(fn);
  const pairs = new Map<SlotId, Set<SlotId>>(fn.slots.map((slot) => [slot.id, new Set<SlotId>()]));
  const meet = (live: ReadonlySet<ValueId>): void => {
    const slots = new Set([...live].flatMap((value) => [...(derived.get(value) ?? [])]));
    for (const slot of slots) for (const other of slots) if (slot !== other) pairs.get(slot)?.add(other);
  };
  const liveAfter = pointersLiveAfter(fn, derived);
  for (const block of fn.blocks) walkBack(block, new Set(liveAfter.get(block.id)), derived, meet);
  for (const slot of escaping(fn, derived)) {
    for (const { id } of fn.slots) {
      if (id === slot) continue;
      pairs.get(slot)?.add(id);
      pairs.get(id)?.add(slot);
    }
  }
  return pairs;
}

/** Visits the pointers that live between the instructions of a block, from its end; leaves those that live at its start. */
function walkBack(
  block: Block,
  live: Set<ValueId>,
  derived: Derived,
  visit: (live: ReadonlySet<ValueId>) => void,
): void {
  const use = (value: ValueId): void => {
    if (derived.has(value)) live.add(value);
  };
  argsOfEnd(block.end).forEach(use);
  visit(live);
  for (const inst of [...block.insts].reverse()) {
    const result = resultOf(inst);
    // What is made must not lie on what lives, even if nobody uses it.
    if (result && derived.has(result.value)) visit(new Set([...live, result.value]));
    if (result) live.delete(result.value);
    const before = live.size;
    argsOf(inst).forEach(use);
    if (live.size > before) visit(live);
  }
  for (const param of block.params) live.delete(param.value);
}

/** Pointers that live at the end of each block, but for those that its terminator uses last. */
function pointersLiveAfter(fn: IrFunction, derived: Derived): ReadonlyMap<BlockId, ReadonlySet<ValueId>> {
  const after = new Map<BlockId, Set<ValueId>>(fn.blocks.map((block) => [block.id, new Set<ValueId>()]));
  const before = new Map<BlockId, ReadonlySet<ValueId>>();
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of [...fn.blocks].reverse()) {
      const live = after.get(block.id);
      if (!live) continue;
      for (const edge of edgesOf(block.end)) for (const value of before.get(edge.block) ?? []) live.add(value);
      const start = new Set(live);
      walkBack(block, start, derived, () => undefined);
      if (start.size === before.get(block.id)?.size) continue;
      before.set(block.id, start);
      changed = true;
    }
  }
  return after;
}

/** The slots that each pointer into the stack may point to. */
function derivedPointers(fn: IrFunction): Derived {
  const derived = new Map<ValueId, Set<SlotId>>();
  const blocks = blockMap(fn);
  let changed = true;
  const flow = (from: readonly ValueId[], to: ValueId): void => {
    for (const value of from)
      for (const slot of derived.get(value) ?? []) {
        const known = derived.get(to);
        if (known?.has(slot)) continue;
        if (known) known.add(slot);
        else derived.set(to, new Set([slot]));
        changed = true;
      }
  };
  for (const block of fn.blocks)
    for (const inst of block.insts) if (inst.op === "slot") derived.set(inst.result, new Set([inst.slot]));
  while (changed) {
    changed = false;
    for (const block of fn.blocks) {
      for (const inst of block.insts) flow(sources(inst), resultOf(inst)?.value ?? -1);
      for (const edge of edgesOf(block.end)) {
        blocks.get(edge.block)?.params.forEach((param, index) => {
          flow(edge.args.slice(index, index + 1), param.value);
        });
      }
    }
  }
  return derived;
}

/** Operands that the result may point into the memory of. */
function sources(inst: Inst): readonly ValueId[] {
  if (inst.op === "ptradd") return [inst.args[0]];
  return resultOf(inst)?.type === "ptr.stack" ? argsOf(inst) : [];
}

/** Slots whose address is stored, so that it may be loaded anywhere. */
function escaping(fn: IrFunction, derived: Derived): ReadonlySet<SlotId> {
  const stored = fn.blocks.flatMap((block) =>
    block.insts.flatMap((inst) => (inst.op === "store" || inst.op === "atomic" ? [inst.args[1]] : [])),
  );
  return new Set(stored.flatMap((value) => [...(derived.get(value) ?? [])]));
}

// Refs that a call made unusable, along the control flow: what is dead at the start of each block when `step` says what one
// instruction does. Takes blocks in reverse postorder; a ref is dead where any way to the block leaves it dead, and a block
// parameter is dead where a dead ref is passed for it.
import { edgesOf } from "../ir/cfg.ts";
import type { Block, BlockId, Inst, ValueId } from "../ir/function.ts";

/** Dead refs, with the call that killed each. */
export type Dead = ReadonlyMap<ValueId, Inst>;

/** Dead refs at the start of each block. `step` changes the map as one instruction does. */
export function deadAtStart(
  order: readonly Block[],
  step: (dead: Map<ValueId, Inst>, inst: Inst) => void,
): ReadonlyMap<BlockId, Dead> {
  const blocks = new Map(order.map((block) => [block.id, block]));
  const atStart = new Map<BlockId, Map<ValueId, Inst>>(order.map((block) => [block.id, new Map()]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of order) {
      const dead = new Map(atStart.get(block.id));
      for (const inst of block.insts) step(dead, inst);
      for (const edge of edgesOf(block.end)) {
        const target = atStart.get(edge.block);
        const params = blocks.get(edge.block)?.params ?? [];
        const own = new Set(params.map((param) => param.value));
        const arriving = new Map([...dead].filter(([value]) => !own.has(value)));
        params.forEach((param, index) => {
          const call = dead.get(edge.args[index] ?? -1);
          if (call) arriving.set(param.value, call);
        });
        for (const [value, call] of arriving) {
          if (!target || target.has(value)) continue;
          target.set(value, call);
          changed = true;
        }
      }
    }
  }
  return atStart;
}

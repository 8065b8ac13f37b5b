// Which registers are live at the borders of blocks: backward dataflow over MIR, virtual and physical registers alike.
// A register is live where some path reads it before writing it.
import type { BlockId } from "../../ir/function.ts";
import { predecessorsOf } from "../flow.ts";
import { type MirBlock, type MirInst, type Register, readsOf, readsOfEnd, targetsOf, writesOf } from "../mir.ts";

/** Live registers at the begin and at the end of each block. */
export interface Liveness {
  readonly before: ReadonlyMap<BlockId, ReadonlySet<Register>>;
  readonly after: ReadonlyMap<BlockId, ReadonlySet<Register>>;
}

/** Steps a set of live registers over one instruction, backwards. */
export function stepBack(live: Set<Register>, inst: MirInst): void {
  for (const register of writesOf(inst)) live.delete(register);
  for (const register of readsOf(inst)) live.add(register);
}

interface Summary {
  readonly reads: Set<Register>;
  readonly writes: Set<Register>;
}

function summarise(block: MirBlock): Summary {
  const reads = new Set<Register>();
  const writes = new Set<Register>();
  for (const inst of block.insts) {
    for (const register of readsOf(inst)) if (!writes.has(register)) reads.add(register);
    for (const register of writesOf(inst)) writes.add(register);
  }
  for (const register of readsOfEnd(block.end)) if (!writes.has(register)) reads.add(register);
  return { reads, writes };
}

/** Solves the dataflow. */
export function findLiveness(blocks: readonly MirBlock[]): Liveness {
  const summaries = new Map(blocks.map((block) => [block.id, summarise(block)]));
  const before = new Map<BlockId, Set<Register>>(
    blocks.map((block) => [block.id, new Set(summaries.get(block.id)?.reads)]),
  );
  const after = new Map<BlockId, Set<Register>>(blocks.map((block) => [block.id, new Set<Register>()]));
  const predecessors = predecessorsOf(blocks);
  const byName = new Map(blocks.map((block) => [block.id, block]));
  // Taken from the end, so first in the order of the program backwards.
  const work = blocks.map((block) => block.id);
  const queued = new Set(work);
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    queued.delete(id);
    const block = byName.get(id);
    const out = after.get(id);
    const live = before.get(id);
    if (!block || !out || !live) continue;
    for (const target of targetsOf(block.end)) for (const register of before.get(target) ?? []) out.add(register);
    const sizeBefore = live.size;
    const writes = summaries.get(id)?.writes;
    for (const register of out) if (!writes?.has(register)) live.add(register);
    if (live.size === sizeBefore) continue;
    for (const predecessor of predecessors.get(id) ?? [])
      if (!queued.has(predecessor)) {
        queued.add(predecessor);
        work.push(predecessor);
      }
  }
  return { before, after };
}

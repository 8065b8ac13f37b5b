// Order of blocks in the program, chosen so that few jumps are needed: a block is followed by one it goes to. Returns and
// other blocks that many jump to are left to those that can fall into them. Takes simplified control flow.
import type { BlockId } from "../ir/function.ts";
import { byId, predecessorsOf, reversePostorderOf } from "./flow.ts";
import { type MirBlock, targetsOf } from "./mir.ts";

/** The blocks in the order in which they are emitted; the entry stays first. */
export function orderBlocks(blocks: readonly MirBlock[]): readonly MirBlock[] {
  const known = byId(blocks);
  const before = predecessorsOf(blocks);
  const placed = new Set<BlockId>();
  const result: MirBlock[] = [];
  // Blocks that only return come last among those that nothing falls into.
  const rest = reversePostorderOf(blocks).toSorted((a, b) => Number(isReturn(a)) - Number(isReturn(b)));
  /** Jumps to the block that could become unnecessary later. */
  const claims = (id: BlockId): number =>
    (before.get(id) ?? []).filter((from) => !placed.has(from) && known.get(from)?.end.kind === "goto").length;
  const best = (block: MirBlock): MirBlock | undefined => {
    const open = candidates(block).flatMap((id) => {
      const target = known.get(id);
      return target && !placed.has(id) ? [target] : [];
    });
    return open.toSorted((a, b) => Number(isReturn(a)) - Number(isReturn(b)) || claims(a.id) - claims(b.id))[0];
  };
  for (const start of rest) {
    for (let next: MirBlock | undefined = start; next && !placed.has(next.id); next = best(next)) {
      placed.add(next.id);
      result.push(next);
    }
  }
  return result;
}

function isReturn(block: MirBlock): boolean {
  return block.end.kind === "exit" && block.insts.length <= 1;
}

/** Blocks that may follow without a jump. `jset` has no opposite, so its target cannot. */
function candidates({ end }: MirBlock): readonly BlockId[] {
  return end.kind === "branch" && end.op === "jset" ? [end.else] : targetsOf(end);
}

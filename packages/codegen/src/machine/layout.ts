// Order of blocks in the program, chosen so that few jumps are needed: a block is followed by one it goes to. Returns and
// other blocks that many jump to are left to those that can fall into them. A loop that tests at its top is entered by a
// jump to the test, which then stands at the bottom: one jump less in each round. Takes simplified control flow.
import type { BlockId } from "../ir/function.ts";
import { byId, loopsOf, predecessorsOf, reversePostorderOf } from "./flow.ts";
import { type MirBlock, targetsOf } from "./mir.ts";

/** The blocks in the order in which they are emitted; the entry stays first. */
export function orderBlocks(blocks: readonly MirBlock[]): readonly MirBlock[] {
  const known = byId(blocks);
  const before = predecessorsOf(blocks);
  const order = reversePostorderOf(blocks);
  const loops = loopsOf(order);
  const placed = new Set<BlockId>();
  const result: MirBlock[] = [];
  // Blocks that only return come last among those that nothing falls into.
  const rest = order.toSorted((a, b) => Number(isReturn(a)) - Number(isReturn(b)));
  /** Jumps to the block that could become unnecessary later. */
  const claims = (id: BlockId): number =>
    (before.get(id) ?? []).filter((from) => !placed.has(from) && known.get(from)?.end.kind === "goto").length;
  /** The first block of the body when `block` enters a loop whose test at the top can move to the bottom. */
  const bodyOf = (block: MirBlock): MirBlock | undefined => {
    const header = block.end.kind === "goto" ? known.get(block.end.to) : undefined;
    const loop = header && loops.get(header.id);
    if (!loop || loop.has(block.id) || placed.has(header.id) || header.end.kind !== "branch") return undefined;
    const inside = candidates(header).filter((id) => loop.has(id));
    const body =
      inside.length === 1 && targetsOf(header.end).some((id) => !loop.has(id)) ? known.get(inside[0] ?? -1) : undefined;
    return body && body !== header && !placed.has(body.id) ? body : undefined;
  };
  const best = (block: MirBlock): MirBlock | undefined => {
    const body = bodyOf(block);
    if (body) return body;
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

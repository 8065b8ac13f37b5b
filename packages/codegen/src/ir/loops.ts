// Natural loops: for each header (the target of an edge from a block that it dominates) the blocks of its loop.
import { edgesOf, predecessors } from "./cfg.ts";
import { type DominatorTree, dominators } from "./dominators.ts";
import type { BlockId, IrFunction } from "./function.ts";

export interface Loop {
  readonly header: BlockId;
  /** Blocks with an edge back to the header. */
  readonly latches: readonly BlockId[];
  /** The header and every block that reaches a latch without passing the header. */
  readonly blocks: ReadonlySet<BlockId>;
}

/** All natural loops, outer ones before the loops that they contain. */
export function findLoops(fn: IrFunction, tree: DominatorTree = dominators(fn)): readonly Loop[] {
  const latches = new Map<BlockId, BlockId[]>();
  for (const block of tree.order)
    for (const edge of edgesOf(block.end))
      if (tree.dominates(edge.block, block.id)) {
        const known = latches.get(edge.block);
        if (known) known.push(block.id);
        else latches.set(edge.block, [block.id]);
      }
  const before = predecessors(fn);
  const loops = [...latches].map(([header, from]) => ({ header, latches: from, blocks: bodyOf(header, from, before) }));
  return loops.sort((a, b) => b.blocks.size - a.blocks.size);
}

function bodyOf(
  header: BlockId,
  latches: readonly BlockId[],
  before: ReadonlyMap<BlockId, readonly BlockId[]>,
): ReadonlySet<BlockId> {
  const blocks = new Set<BlockId>([header]);
  const work = [...latches];
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    if (blocks.has(id)) continue;
    blocks.add(id);
    work.push(...(before.get(id) ?? []));
  }
  return blocks;
}

/** True when the control flow has a cycle that is not a natural loop (never made by lowering). */
export function isIrreducible(fn: IrFunction, tree: DominatorTree = dominators(fn)): boolean {
  const position = new Map(tree.order.map((block, index) => [block.id, index]));
  return tree.order.some((block) =>
    edgesOf(block.end).some(
      (edge) =>
        (position.get(edge.block) ?? 0) <= (position.get(block.id) ?? 0) && !tree.dominates(edge.block, block.id),
    ),
  );
}

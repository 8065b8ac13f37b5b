// Dominator tree of an IR function (Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm"), over reachable blocks.
import { entryOf, predecessors, reversePostorder } from "./cfg.ts";
import type { Block, BlockId, IrFunction } from "./function.ts";

export interface DominatorTree {
  /** Reachable blocks in reverse postorder. */
  readonly order: readonly Block[];
  /** The immediate dominator; undefined for the entry and for unreachable blocks. */
  parent(block: BlockId): BlockId | undefined;
  /** Blocks whose immediate dominator this is, in reverse postorder. */
  children(block: BlockId): readonly Block[];
  /** True when every path to `below` goes through `above`; a block dominates itself. */
  dominates(above: BlockId, below: BlockId): boolean;
}

/** Computes the tree. */
export function dominators(fn: IrFunction): DominatorTree {
  const order = reversePostorder(fn);
  const position = new Map(order.map((block, index) => [block.id, index]));
  const parent = immediateDominators(order, position, fn);
  const children = new Map<BlockId, Block[]>(order.map((block) => [block.id, []]));
  const depth = new Map<BlockId, number>();
  for (const block of order) {
    const above = parent.get(block.id);
    depth.set(block.id, above === undefined ? 0 : (depth.get(above) ?? 0) + 1);
    if (above !== undefined) children.get(above)?.push(block);
  }
  return {
    order,
    parent: (block) => parent.get(block),
    children: (block) => children.get(block) ?? [],
    dominates: (above, below) => {
      const target = depth.get(above);
      let at: BlockId | undefined = below;
      while (at !== undefined && target !== undefined && (depth.get(at) ?? -1) > target) at = parent.get(at);
      return at === above;
    },
  };
}

function immediateDominators(
  order: readonly Block[],
  position: ReadonlyMap<BlockId, number>,
  fn: IrFunction,
): ReadonlyMap<BlockId, BlockId> {
  const before = predecessors(fn);
  const entry = entryOf(fn).id;
  const dominator = new Map<BlockId, BlockId>([[entry, entry]]);
  const rank = (block: BlockId): number => position.get(block) ?? 0;
  const meet = (left: BlockId, right: BlockId): BlockId => {
    let a = left;
    let b = right;
    while (a !== b) {
      while (rank(a) > rank(b)) a = dominator.get(a) ?? entry;
      while (rank(b) > rank(a)) b = dominator.get(b) ?? entry;
    }
    return a;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of order) {
      if (block.id === entry) continue;
      const known = (before.get(block.id) ?? []).filter((id) => dominator.has(id));
      const next = known.reduce<BlockId | undefined>((met, id) => (met === undefined ? id : meet(met, id)), undefined);
      if (next !== undefined && dominator.get(block.id) !== next) {
        dominator.set(block.id, next);
        changed = true;
      }
    }
  }
  dominator.delete(entry);
  return dominator;
}

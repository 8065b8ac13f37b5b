// Control flow of MIR: predecessors, reachable blocks, and a static guess of how often each block runs.
// The guess is for weights only: nothing about correctness depends on it.
import type { BlockId } from "../ir/function.ts";
import { type MirBlock, targetsOf } from "./mir.ts";

/** Blocks by id. */
export function byId(blocks: readonly MirBlock[]): ReadonlyMap<BlockId, MirBlock> {
  return new Map(blocks.map((block) => [block.id, block]));
}

/** The block of that id. @throws Error when there is none (a compiler bug). */
export function blockOf(blocks: ReadonlyMap<BlockId, MirBlock>, id: BlockId): MirBlock {
  const block = blocks.get(id);
  if (!block) throw new Error(`machine: b${id} does not exist`);
  return block;
}

/** Predecessors of each block; one entry per edge. */
export function predecessorsOf(blocks: readonly MirBlock[]): ReadonlyMap<BlockId, readonly BlockId[]> {
  const result = new Map<BlockId, BlockId[]>(blocks.map((block) => [block.id, []]));
  for (const block of blocks) for (const target of targetsOf(block.end)) result.get(target)?.push(block.id);
  return result;
}

/** Reachable blocks, each before its successors but for back edges; the first target of a branch comes last. */
export function reversePostorderOf(blocks: readonly MirBlock[]): readonly MirBlock[] {
  const known = byId(blocks);
  const seen = new Set<BlockId>();
  const order: MirBlock[] = [];
  const stack: { readonly block: MirBlock; next: number }[] = [];
  const enter = (id: BlockId): void => {
    if (seen.has(id)) return;
    seen.add(id);
    stack.push({ block: blockOf(known, id), next: 0 });
  };
  const [entry] = blocks;
  if (entry) enter(entry.id);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const target = targetsOf(top.block.end)[top.next++];
    if (target !== undefined) enter(target);
    else {
      order.push(top.block);
      stack.pop();
    }
  }
  return order.reverse();
}

const LOOP_FACTOR = 8;
const MAX_DEPTH = 4;

/** Estimated runs of each block per run of the function. */
export function frequencies(blocks: readonly MirBlock[]): ReadonlyMap<BlockId, number> {
  const order = reversePostorderOf(blocks);
  const depth = loopDepths(order);
  const position = new Map(order.map((block, index) => [block.id, index]));
  const result = new Map<BlockId, number>(order.map((block, index) => [block.id, index === 0 ? 1 : 0]));
  for (const block of order) {
    const own = result.get(block.id) ?? 0;
    const targets = targetsOf(block.end).filter((id) => (position.get(id) ?? 0) > (position.get(block.id) ?? 0));
    for (const target of targets) result.set(target, (result.get(target) ?? 0) + own / targets.length);
  }
  for (const block of order) {
    const factor = LOOP_FACTOR ** Math.min(MAX_DEPTH, depth.get(block.id) ?? 0);
    result.set(block.id, Math.max(result.get(block.id) ?? 0, 1e-3) * factor);
  }
  return result;
}

/** Blocks of each loop, by its header. Takes reverse postorder; an edge that goes back closes a loop. */
export function loopsOf(order: readonly MirBlock[]): ReadonlyMap<BlockId, ReadonlySet<BlockId>> {
  const position = new Map(order.map((block, index) => [block.id, index]));
  const before = predecessorsOf(order);
  const loops = new Map<BlockId, ReadonlySet<BlockId>>();
  for (const header of order) {
    const start = position.get(header.id) ?? 0;
    const latches = (before.get(header.id) ?? []).filter((id) => (position.get(id) ?? 0) >= start);
    if (latches.length === 0) continue;
    const body = new Set<BlockId>([header.id]);
    for (let id = latches.pop(); id !== undefined; id = latches.pop()) {
      if (body.has(id) || (position.get(id) ?? 0) < start) continue;
      body.add(id);
      latches.push(...(before.get(id) ?? []));
    }
    loops.set(header.id, body);
  }
  return loops;
}

function loopDepths(order: readonly MirBlock[]): ReadonlyMap<BlockId, number> {
  const depth = new Map<BlockId, number>();
  for (const body of loopsOf(order).values()) for (const id of body) depth.set(id, (depth.get(id) ?? 0) + 1);
  return depth;
}

/** Whether every path from the entry to `below` goes through `above`; a block dominates itself. */
export function dominatorsOf(blocks: readonly MirBlock[]): (above: BlockId, below: BlockId) => boolean {
  const order = reversePostorderOf(blocks);
  const position = new Map(order.map((block, index) => [block.id, index]));
  const before = predecessorsOf(order);
  const parent = new Map<BlockId, BlockId>();
  const [entry] = order;
  if (entry) parent.set(entry.id, entry.id);
  const rank = (id: BlockId): number => position.get(id) ?? 0;
  const up = (id: BlockId): BlockId => parent.get(id) ?? id;
  const meet = (left: BlockId, right: BlockId): BlockId => {
    let [a, b] = [left, right];
    while (a !== b) {
      while (rank(a) > rank(b)) a = up(a);
      while (rank(b) > rank(a)) b = up(b);
    }
    return a;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const { id } of order.slice(1)) {
      const known = (before.get(id) ?? []).filter((one) => parent.has(one));
      const [first, ...rest] = known;
      if (first === undefined) continue;
      const next = rest.reduce(meet, first);
      if (parent.get(id) === next) continue;
      parent.set(id, next);
      changed = true;
    }
  }
  return (above, below) => {
    let at = below;
    while (rank(at) > rank(above)) at = up(at);
    return at === above;
  };
}

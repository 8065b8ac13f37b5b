// Clean control flow of MIR: jumps through empty blocks, branches to one place, blocks that only continue another, and
// returns that are shared. Keeps the meaning; the entry stays the first block. Serves before and after allocation.
import type { BlockId } from "../ir/function.ts";
import { predecessorsOf, reversePostorderOf } from "./flow.ts";
import { type MirBlock, type MirInst, retarget, targetsOf } from "./mir.ts";
import { printMirInst } from "./print.ts";

/** Applies the rules until none applies; gives reachable blocks in reverse postorder. */
export function simplifyFlow(blocks: readonly MirBlock[]): readonly MirBlock[] {
  let current = reversePostorderOf(blocks);
  for (;;) {
    const next = reversePostorderOf(mergeChains(shareExits(returnEarly(threadJumps(current)))));
    if (next.length === current.length && next.every((block, index) => block === current[index])) return next;
    current = next;
  }
}

/** Sends jumps to empty blocks on to where those go, and makes branches with one target plain jumps. */
function threadJumps(blocks: readonly MirBlock[]): readonly MirBlock[] {
  const onward = new Map<BlockId, BlockId>();
  for (const { id, insts, end } of blocks) if (insts.length === 0 && end.kind === "goto") onward.set(id, end.to);
  const follow = (id: BlockId): BlockId => {
    const seen = new Set<BlockId>();
    let at = id;
    for (let next = onward.get(at); next !== undefined && !seen.has(at); next = onward.get(at)) {
      seen.add(at);
      at = next;
    }
    return at;
  };
  return blocks.map((block) => {
    const { end } = block;
    const moved = targetsOf(end).some((target) => follow(target) !== target);
    const next = moved ? retarget(end, follow) : end;
    if (next.kind === "branch" && next.then === next.else)
      return { ...block, end: { kind: "goto", to: next.then, at: next.at } };
    return moved ? { ...block, end: next } : block;
  });
}

/** A jump to a block that only returns is a return. */
function returnEarly(blocks: readonly MirBlock[]): readonly MirBlock[] {
  const exits = new Map(
    blocks.flatMap(({ id, insts, end }) => (insts.length === 0 && end.kind === "exit" ? [[id, end] as const] : [])),
  );
  return blocks.map((block) => {
    const exit = block.end.kind === "goto" ? exits.get(block.end.to) : undefined;
    return exit ? { ...block, end: exit } : block;
  });
}

/** Of blocks that return after the same instructions one is enough. */
function shareExits(blocks: readonly MirBlock[]): readonly MirBlock[] {
  const first = new Map<string, BlockId>();
  const same = new Map<BlockId, BlockId>();
  for (const { id, insts, end } of blocks) {
    if (end.kind !== "exit") continue;
    const text = insts.map(printMirInst).join("\n");
    const known = first.get(text);
    if (known === undefined) first.set(text, id);
    else same.set(id, known);
  }
  if (same.size === 0) return blocks;
  const entry = blocks[0]?.id;
  return blocks
    .filter(({ id }) => id === entry || !same.has(id))
    .map((block) => ({ ...block, end: retarget(block.end, (id) => same.get(id) ?? id) }));
}

/** Joins a block with its only successor where that has no other predecessor. */
function mergeChains(blocks: readonly MirBlock[]): readonly MirBlock[] {
  const before = predecessorsOf(blocks);
  const known = new Map(blocks.map((block) => [block.id, block]));
  const absorbed = new Set<BlockId>();
  const entry = blocks[0]?.id;
  const result: MirBlock[] = [];
  for (const block of blocks) {
    if (absorbed.has(block.id)) continue;
    const insts: MirInst[] = [...block.insts];
    let { end } = block;
    while (end.kind === "goto" && end.to !== entry && end.to !== block.id && before.get(end.to)?.length === 1) {
      const next = known.get(end.to);
      if (!next) break;
      absorbed.add(next.id);
      insts.push(...next.insts);
      end = next.end;
    }
    result.push(end === block.end ? block : { id: block.id, insts, end });
  }
  // A block that was absorbed after it had been written out stands twice; what jumps to it was joined, so it may go.
  return result.filter(({ id }) => !absorbed.has(id));
}

// What belongs to the body of a marked loop: the blocks between its test and its next turn or its end. Takes any function;
// the body is left to its header, or to blocks that are reached without it.
import { blockMap, edgesOf } from "../ir/cfg.ts";
import type { Block, BlockId, ElementInst, Inst, IrFunction, SlotId, Terminator } from "../ir/function.ts";
import type { IrType } from "../ir/types.ts";

/** The test of a loop. */
export type Test = Extract<Terminator, { readonly op: "branch" }>;

/** True for the test of a loop over the elements of a map, or over its records, which has no ordinary form. */
export function isOverMap({ callback }: Test): boolean {
  return callback !== undefined && callback.helper !== "loop";
}

/** True for what the helper of a loop gives; in its callback it is no instruction any more. */
export function isElementOf({ callback }: Test, inst: Inst): inst is ElementInst {
  return inst.op === "element" && callback !== undefined && callback.helper !== "loop" && callback.visit === inst.visit;
}

/** Blocks that can be reached without passing `avoiding`. */
function reach(from: BlockId, avoiding: BlockId, blocks: ReadonlyMap<BlockId, Block>): Set<BlockId> {
  const found = new Set<BlockId>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const block = blocks.get(id);
    if (!block || id === avoiding || found.has(id)) continue;
    found.add(id);
    for (const edge of edgesOf(block.end)) open.push(edge.block);
  }
  return found;
}

/** The body of a loop; undefined where it never goes on to the next iteration and need not be a callback. */
export function loopBody(fn: IrFunction, header: Block, test: Test): readonly Block[] | undefined {
  const blocks = blockMap(fn);
  const inside = reach(test.then.block, header.id, blocks);
  for (const id of reach(test.else.block, header.id, blocks)) inside.delete(id);
  const body = fn.blocks.filter((block) => inside.has(block.id));
  const isLoop = body.some((block) => edgesOf(block.end).some((edge) => edge.block === header.id));
  return isLoop || isOverMap(test) ? body : undefined;
}

/**
 * Slots that the body alone uses, made anew in each iteration. `outliving` is what goes on from one to the next: a ref to the
 * stack among it cannot point into the callback's frame.
 */
export function ownSlots(
  fn: IrFunction,
  body: readonly Block[],
  outliving: readonly (IrType | undefined)[],
): ReadonlySet<SlotId> {
  if (outliving.includes("ptr.stack")) return new Set();
  const made = (blocks: readonly Block[]): SlotId[] =>
    blocks.flatMap(({ insts }) => insts.flatMap((inst) => (inst.op === "slot" ? [inst.slot] : [])));
  const inside = new Set(body);
  const others = new Set(made(fn.blocks.filter((block) => !inside.has(block))));
  return new Set(made(body).filter((slot) => !others.has(slot)));
}

/** The entry stays first. */
export function inOrder([entry]: readonly Block[], blocks: readonly Block[]): readonly Block[] {
  const first = blocks.filter((block) => block.id === entry?.id);
  return [...first, ...blocks.filter((block) => block.id !== entry?.id)];
}

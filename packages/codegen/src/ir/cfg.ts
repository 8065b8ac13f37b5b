// Control flow of an IR function: successors, predecessors, reverse postorder, and uniform access to operands.
import type { Block, BlockId, Edge, Inst, IrFunction, Param, Terminator, ValueId } from "./function.ts";
import type { IrType } from "./types.ts";

/** The edges that leave a block, in order (then, else). */
export function edgesOf(end: Terminator): readonly Edge[] {
  switch (end.op) {
    case "jump":
      return [end.to];
    case "branch":
      return [end.then, end.else];
    case "return":
      return [];
  }
}

/** Values that an instruction reads. */
export function argsOf(inst: Inst): readonly ValueId[] {
  return "args" in inst ? inst.args : [];
}

/** Values that a terminator reads, those passed along its edges included. */
export function argsOfEnd(end: Terminator): readonly ValueId[] {
  const own: readonly ValueId[] = end.op === "jump" ? [] : end.args;
  return [...own, ...edgesOf(end).flatMap((edge) => edge.args)];
}

/** The value that an instruction defines, if any. */
export function resultOf(inst: Inst): Param | undefined {
  return "result" in inst && inst.result !== undefined && inst.type !== undefined
    ? { value: inst.result, type: inst.type }
    : undefined;
}

/** Blocks by id. */
export function blockMap(fn: IrFunction): ReadonlyMap<BlockId, Block> {
  return new Map(fn.blocks.map((block) => [block.id, block]));
}

/** The entry block. @throws Error when the function has none (a compiler bug). */
export function entryOf(fn: IrFunction): Block {
  const [entry] = fn.blocks;
  if (!entry) throw new Error(`ir: function ${fn.name} has no block`);
  return entry;
}

/** Predecessor blocks of each block; one entry per edge, so a block can stand twice. */
export function predecessors(fn: IrFunction): ReadonlyMap<BlockId, readonly BlockId[]> {
  const result = new Map<BlockId, BlockId[]>(fn.blocks.map((block) => [block.id, []]));
  for (const block of fn.blocks) for (const edge of edgesOf(block.end)) result.get(edge.block)?.push(block.id);
  return result;
}

/** Reachable blocks, each before its successors but for back edges. */
export function reversePostorder(fn: IrFunction): readonly Block[] {
  const blocks = blockMap(fn);
  const seen = new Set<BlockId>();
  const order: Block[] = [];
  const stack: { readonly block: Block; next: number }[] = [];
  const enter = (id: BlockId): void => {
    const block = blocks.get(id);
    if (!block || seen.has(id)) return;
    seen.add(id);
    stack.push({ block, next: 0 });
  };
  enter(entryOf(fn).id);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const edge = edgesOf(top.block.end)[top.next++];
    if (edge) enter(edge.block);
    else {
      order.push(top.block);
      stack.pop();
    }
  }
  return order.reverse();
}

/** Type of every value. */
export function valueTypes(fn: IrFunction): ReadonlyMap<ValueId, IrType> {
  const types = new Map<ValueId, IrType>();
  for (const block of fn.blocks) {
    for (const param of block.params) types.set(param.value, param.type);
    for (const inst of block.insts) {
      const result = resultOf(inst);
      if (result) types.set(result.value, result.type);
    }
  }
  return types;
}

/** Highest value and block ids in use, for making fresh ones. */
export function highestIds(fn: IrFunction): { readonly value: ValueId; readonly block: BlockId } {
  const block = fn.blocks.reduce((highest, one) => Math.max(highest, one.id), -1);
  let value = -1;
  for (const id of valueTypes(fn).keys()) value = Math.max(value, id);
  return { value, block };
}

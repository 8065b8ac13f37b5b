// Building blocks of every pass: rewriting operands, substituting values, making fresh ids. All give new functions.
import { highestIds } from "./cfg.ts";
import type { Block, BlockId, Edge, Inst, IrFunction, Terminator, ValueId } from "./function.ts";

/** Maps a value to what stands for it. */
export type Rename = (value: ValueId) => ValueId;

/** The instruction with its operands renamed. */
export function renameInst<I extends Inst>(inst: I, rename: Rename): I {
  return "args" in inst ? { ...inst, args: inst.args.map(rename) } : inst;
}

/** The edge with the values it passes renamed. */
export function renameEdge(edge: Edge, rename: Rename): Edge {
  return edge.args.length === 0 ? edge : { block: edge.block, args: edge.args.map(rename) };
}

/** The terminator with each of its edges replaced. */
export function mapEdges(end: Terminator, map: (edge: Edge) => Edge): Terminator {
  switch (end.op) {
    case "jump":
      return { ...end, to: map(end.to) };
    case "branch":
      return { ...end, then: map(end.then), else: map(end.else) };
    case "return":
      return end;
  }
}

/** The terminator with its operands and the values it passes renamed. */
export function renameEnd(end: Terminator, rename: Rename): Terminator {
  const renamed = mapEdges(end, (edge) => renameEdge(edge, rename));
  switch (renamed.op) {
    case "jump":
      return renamed;
    case "branch":
      return { ...renamed, args: [rename(renamed.args[0]), rename(renamed.args[1])] };
    case "return":
      return { ...renamed, args: [rename(renamed.args[0])] };
  }
}

/** A rename that follows `to` through chains (a → b, b → c gives a → c). */
export function following(to: ReadonlyMap<ValueId, ValueId>): Rename {
  return (value) => {
    let at = value;
    for (let next = to.get(at); next !== undefined; next = to.get(at)) at = next;
    return at;
  };
}

/** The function with every use renamed; definitions stay. */
export function renameUses(fn: IrFunction, rename: Rename): IrFunction {
  return mapBlocks(fn, (block) => ({
    ...block,
    insts: block.insts.map((inst) => renameInst(inst, rename)),
    end: renameEnd(block.end, rename),
  }));
}

/** The function with each block replaced. */
export function mapBlocks(fn: IrFunction, map: (block: Block) => Block): IrFunction {
  return { ...fn, blocks: fn.blocks.map(map) };
}

/** Fresh names in a function. */
export interface Fresh {
  value(): ValueId;
  block(): BlockId;
}

/** Gives ids that the function does not use. */
export function freshIds(fn: IrFunction): Fresh {
  const highest = highestIds(fn);
  let { value, block } = highest;
  return { value: () => ++value, block: () => ++block };
}

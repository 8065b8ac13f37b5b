// What an edge of the control flow says: which edges out of a block can be taken, and the range of a value that passes
// along one. Shared by the analysis of whole functions and by the simulation of loops.
import { constrain } from "./constrain.ts";
import type { Block, BlockId, Edge, ValueId } from "./function.ts";
import type { Interval } from "./interval.ts";
import { negateCompare, swapCompare } from "./ops.ts";

/** One edge into a block. */
export interface Incoming {
  readonly from: Block;
  /** 0: the jump's or the `then` edge; 1: the `else` edge. */
  readonly index: 0 | 1;
  readonly args: readonly ValueId[];
}

/** The range of a value in a block. */
export type RangeAt = (value: ValueId, block: BlockId) => Interval;

/** A value's range where it passes along an edge. */
export function rangeOnEdge(value: ValueId, edge: Omit<Incoming, "args">, at: RangeAt): Interval {
  const { end, id } = edge.from;
  const range = at(value, id);
  if (end.op !== "branch") return range;
  const op = edge.index === 0 ? end.compare : negateCompare(end.compare);
  if (!op) return range;
  const [left, right] = end.args;
  if (value === left) return constrain(op, range, at(right, id)) ?? range;
  if (value === right) return constrain(swapCompare(op), range, at(left, id)) ?? range;
  return range;
}

/** The edges out of a block that can be taken. */
export function takenEdges(block: Block, at: RangeAt): readonly { readonly index: 0 | 1; readonly edge: Edge }[] {
  const { end, id } = block;
  if (end.op === "return") return [];
  if (end.op === "jump") return [{ index: 0, edge: end.to }];
  const [left, right] = [at(end.args[0], id), at(end.args[1], id)];
  return ([0, 1] as const).flatMap((index) => {
    const op = index === 0 ? end.compare : negateCompare(end.compare);
    const holds = !op || (constrain(op, left, right) && constrain(swapCompare(op), right, left));
    return holds ? [{ index, edge: index === 0 ? end.then : end.else }] : [];
  });
}

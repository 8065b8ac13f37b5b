// What the condition of an edge says of values: of those that it compares, and of those that they are computed from.
import { constrain } from "./constrain.ts";
import type { Incoming, RangeAt } from "./edges.ts";
import type { BlockId, Inst, ValueId } from "./function.ts";
import { impliedBy } from "./implied.ts";
import { type Interval, join, meet, singleValue } from "./interval.ts";
import { type CompareOp, negateCompare, swapCompare } from "./ops.ts";

/** Whose knowledge is asked for: all there is, or what the kernel's verifier would still know. */
export type Knowledge = "all" | "kernel";

/** The range that is left, from ranges in the block of the branch. */
export type Learn = (at: RangeAt) => Interval | undefined;

/** What an edge says of a value. */
export interface Said {
  readonly value: ValueId;
  readonly learn: Learn;
}

/** Facts through at most so many instructions. */
const mostDepth = 4;

/** Collects what edges of a function say. */
export class Sayings {
  readonly #definitions: ReadonlyMap<ValueId, Inst>;
  readonly #knowledge: Knowledge;

  constructor(definitions: ReadonlyMap<ValueId, Inst>, knowledge: Knowledge) {
    this.#definitions = definitions;
    this.#knowledge = knowledge;
  }

  /** What the condition of an edge says. */
  by(edge: Incoming): readonly Said[] {
    const { end, id } = edge.from;
    const op = conditionOf(edge);
    if (end.op !== "branch" || !op) return [];
    const [left, right] = end.args;
    return [...this.of(id, op, left, right), ...this.of(id, swapCompare(op), right, left)];
  }

  /** What a condition that holds says of its left operand. */
  of(source: BlockId, op: CompareOp, value: ValueId, other: ValueId): readonly Said[] {
    const own: Learn = (at) => {
      const [range, limit] = [at(value, source), at(other, source)];
      // Of two values that are not constant the verifier of Linux 6.1 learns nothing.
      const isLearnt = this.#knowledge === "all" || singleValue(limit) !== undefined;
      return isLearnt ? constrain(op, range, limit) : range;
    };
    return [{ value, learn: own }, ...(this.#knowledge === "kernel" ? [] : this.#implied(value, source, own))];
  }

  /** What a fact about a value says about the values it is computed from. */
  #implied(value: ValueId, source: BlockId, own: Learn): readonly Said[] {
    const found: Said[] = [];
    let learn = own;
    let inst = this.#definitions.get(value);
    for (let depth = 0; depth < mostDepth && inst; depth++) {
      const implied = impliedBy(inst);
      if (!implied) break;
      const outer = learn;
      learn = (at) => {
        const operand = at(implied.value, source);
        const other = implied.other === undefined ? 0n : singleValue(at(implied.other, source));
        const result = outer(at);
        return other === undefined || !result ? operand : implied.learn(operand, result, BigInt.asIntN(64, other));
      };
      found.push({ value: implied.value, learn });
      inst = this.#definitions.get(implied.value);
    }
    return found;
  }
}

/** The condition that holds on an edge. */
export function conditionOf(edge: Incoming): CompareOp | undefined {
  const { end } = edge.from;
  if (end.op !== "branch") return undefined;
  return edge.index === 0 ? end.compare : negateCompare(end.compare);
}

/** A value's range along an edge. */
export function along(value: ValueId, edge: Incoming, said: readonly Said[], at: RangeAt): Interval {
  let range = at(value, edge.from.id);
  for (const one of said) {
    if (one.value !== value) continue;
    const learnt = one.learn(at);
    range = (learnt && meet(range, learnt)) ?? range;
  }
  return range;
}

/** Any of some ranges. */
export function joined(ranges: readonly Interval[]): Interval | undefined {
  return ranges.reduce<Interval | undefined>((all, one) => join(all, one), undefined);
}

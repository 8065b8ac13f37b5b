// Relations of two values: `a - b ≤ most`, from comparisons on the blocks that they dominate, and from how the counters of a
// loop move. A value that a constant is added to stands for its base, so `i + 3 < n` relates i and n. Values do not wrap where a
// relation is used: each is checked against ranges.
import type { BlockId, Inst, ValueId } from "./function.ts";
import { greater, type Interval, meet, signed, signedMax, signedMin, smaller } from "./interval.ts";
import { type CompareName, type CompareOp, splitOp } from "./ops.ts";

/** `a - b ≤ most`, wherever `block` dominates; `holds` says whether ranges allow to say so. */
export interface Relation {
  readonly block: BlockId;
  readonly a: ValueId;
  readonly b: ValueId;
  readonly most: bigint;
  readonly holds: () => boolean;
}

/** A value as another one plus a constant. */
export interface Linear {
  readonly base: ValueId;
  readonly plus: bigint;
}

/** Strips constants that are added. */
export function linear(value: ValueId, definitions: ReadonlyMap<ValueId, Inst>): Linear {
  let [base, plus] = [value, 0n];
  for (let depth = 0; depth < 4; depth++) {
    const inst = definitions.get(base);
    if (inst?.op !== "add64" && inst?.op !== "sub64") break;
    const constant = definitions.get(inst.args[1]);
    if (constant?.op !== "const") break;
    const by = BigInt.asIntN(64, constant.value);
    if (by > 1n << 53n || by < -(1n << 53n)) break;
    plus += inst.op === "add64" ? by : -by;
    base = inst.args[0];
  }
  return { base, plus };
}

/** `left - right ≤ most` and `right - left ≤ most`, as far as the comparison says so. */
export function differences(op: CompareOp): { readonly forward?: bigint; readonly backward?: bigint } {
  const { name } = splitOp<CompareName>(op);
  if (name === "eq") return { forward: 0n, backward: 0n };
  if (name === "ult" || name === "slt") return { forward: -1n };
  if (name === "ule" || name === "sle") return { forward: 0n };
  if (name === "ugt" || name === "sgt") return { backward: -1n };
  return name === "uge" || name === "sge" ? { backward: 0n } : {};
}

const word = 1n << 31n;

/** Whether a comparison orders the values as signed 64-bit integers. */
export function isSignedOrder(op: CompareOp, left: Interval, right: Interval): boolean {
  const { name, width } = splitOp<CompareName>(op);
  const [min, max] = [smaller(left.smin, right.smin), greater(left.smax, right.smax)];
  if (name.startsWith("u")) return min >= 0n && (width === 64 || max < word * 2n);
  return width === 64 || (min >= -word && max < word);
}

/** Whether adding cannot wrap. */
export function staysWhole(range: Interval, plus: bigint): boolean {
  return range.smin + plus >= signedMin && range.smax + plus <= signedMax;
}

/** What relations of `a` say of its range; `rangeOf` gives that of other values where it is asked. */
export function refineByRelations(
  value: ValueId,
  range: Interval,
  relations: readonly Relation[],
  rangeOf: (value: ValueId) => Interval,
): Interval {
  let refined = range;
  for (const { a, b, most, holds } of relations) {
    if (!holds()) continue;
    const other = rangeOf(a === value ? b : a);
    const bound = a === value ? other.smax + most : other.smin - most;
    if (bound < signedMin || bound > signedMax) continue;
    const learnt = a === value ? signed(signedMin, bound) : signed(bound, signedMax);
    refined = meet(refined, learnt) ?? refined;
  }
  return refined;
}

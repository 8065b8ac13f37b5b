// What a condition that holds says about its left operand: the values of `a` for which `a op b` can be true. Sound because
// each row keeps every value of `a` that has some partner in `b`.
import { type Interval, meet, signed, signedMax, signedMin, singleValue, unsigned, unsignedMax } from "./interval.ts";
import { type CompareName, type CompareOp, splitOp } from "./ops.ts";

type Constrain = (a: Interval, b: Interval) => Interval | undefined;

function differs(a: Interval, b: Interval): Interval | undefined {
  const value = singleValue(b);
  if (value === undefined) return a;
  if (singleValue(a) === value) return undefined;
  const asSigned = BigInt.asIntN(64, value);
  const low = unsigned(a.umin === value ? a.umin + 1n : a.umin, a.umax === value ? a.umax - 1n : a.umax);
  const high = signed(a.smin === asSigned ? a.smin + 1n : a.smin, a.smax === asSigned ? a.smax - 1n : a.smax);
  const trimmed = meet(low, high);
  return trimmed && meet(a, trimmed);
}

const rows: Readonly<Record<CompareName, Constrain>> = {
  eq: meet,
  ne: differs,
  ult: (a, b) => (b.umax === 0n ? undefined : meet(a, unsigned(0n, b.umax - 1n))),
  ule: (a, b) => meet(a, unsigned(0n, b.umax)),
  ugt: (a, b) => (b.umin === unsignedMax ? undefined : meet(a, unsigned(b.umin + 1n, unsignedMax))),
  uge: (a, b) => meet(a, unsigned(b.umin, unsignedMax)),
  slt: (a, b) => (b.smax === signedMin ? undefined : meet(a, signed(signedMin, b.smax - 1n))),
  sle: (a, b) => meet(a, signed(signedMin, b.smax)),
  sgt: (a, b) => (b.smin === signedMax ? undefined : meet(a, signed(b.smin + 1n, signedMax))),
  sge: (a, b) => meet(a, signed(b.smin, signedMax)),
  set: (a, b) => (singleValue(a) === 0n || singleValue(b) === 0n ? undefined : differs(a, unsigned(0n, 0n))),
};

const unsignedWord = unsigned(0n, 0xffffffffn);
const signedWord = signed(-(1n << 31n), (1n << 31n) - 1n);

function within(a: Interval, word: Interval): boolean {
  return a.smin >= word.smin && a.smax <= word.smax;
}

/** Whether comparing the low halves is the same as comparing the whole values. */
function isWhole(name: CompareName, a: Interval, b: Interval): boolean {
  const asUnsigned = within(a, unsignedWord) && within(b, unsignedWord);
  const asSigned = within(a, signedWord) && within(b, signedWord);
  if (name === "eq" || name === "ne") return asUnsigned || asSigned;
  if (name === "set") return asUnsigned;
  return name.startsWith("u") ? asUnsigned : asSigned;
}

/** The values of `a` for which `a op b` can hold; undefined when there are none. */
export function constrain(op: CompareOp, a: Interval, b: Interval): Interval | undefined {
  const { name, width } = splitOp<CompareName>(op);
  if (width === 32 && !isWhole(name, a, b)) return a;
  return rows[name](a, b);
}

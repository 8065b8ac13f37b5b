// A condition as a value, by a few operations: a bit that is set where it holds, or all ones. Takes ranges of the operands,
// since a difference tells by its sign which operand is less only where it cannot overflow. Sound for all in the ranges.
import type { ValueId } from "../ir/function.ts";
import { type Interval, signedMax, signedMin, singleValue, smaller } from "../ir/interval.ts";
import { type BinaryOp, type CompareName, type CompareOp, splitOp, type UnaryOp } from "../ir/ops.ts";

/** Makes the operations. */
export interface MaskBuilder {
  range(value: ValueId): Interval;
  constant(value: bigint): ValueId;
  unary(op: UnaryOp, value: ValueId): ValueId;
  binary(op: BinaryOp, left: ValueId, right: ValueId): ValueId;
}

/** Tells whether the condition holds, or its negation where `negated`. */
export interface ConditionMask {
  /** 1 where it does, else 0. */
  readonly bit: () => ValueId;
  /** All ones where it does, else 0. */
  readonly mask: () => ValueId;
  readonly negated: boolean;
}

type Told = Omit<ConditionMask, "negated">;

interface Operand {
  readonly value: ValueId;
  readonly range: Interval;
}

type Row = (builder: MaskBuilder, left: Operand, right: Operand) => Told | undefined;

/** By the highest bit of a value. */
function bySign(builder: MaskBuilder, value: ValueId): Told {
  return {
    bit: () => builder.binary("lshr64", value, builder.constant(63n)),
    mask: () => builder.binary("ashr64", value, builder.constant(63n)),
  };
}

/** Left < right as signed values. */
const less: Row = (builder, left, right) => {
  const isWhole = left.range.smin - right.range.smax >= signedMin && left.range.smax - right.range.smin <= signedMax;
  if (!isWhole) return undefined;
  const isSign = singleValue(right.range) === 0n;
  return bySign(builder, isSign ? left.value : builder.binary("sub64", left.value, right.value));
};

const lessUnsigned: Row = (builder, left, right) =>
  left.range.smin >= 0n && right.range.smin >= 0n ? less(builder, left, right) : undefined;

/** The value is not zero. */
function notZero(builder: MaskBuilder, value: ValueId, greatest: bigint): Told {
  if (greatest <= 1n) return { bit: () => value, mask: () => builder.unary("neg64", value) };
  const minus = builder.unary("neg64", value);
  return bySign(builder, greatest <= signedMax ? minus : builder.binary("or64", value, minus));
}

/** At least each value that has bits of both. */
function allBits(a: bigint, b: bigint): bigint {
  return (1n << BigInt((a | b).toString(2).length)) - 1n;
}

const differ: Row = (builder, left, right) => {
  if (singleValue(right.range) === 0n) return notZero(builder, left.value, left.range.umax);
  const difference = builder.binary("xor64", left.value, right.value);
  return notZero(builder, difference, allBits(left.range.umax, right.range.umax));
};

const shareBits: Row = (builder, left, right) => {
  const bits = singleValue(right.range);
  if (bits !== undefined && bits > 1n && (bits & (bits - 1n)) === 0n) {
    const above = BigInt(64 - bits.toString(2).length);
    return bySign(builder, builder.binary("shl64", left.value, builder.constant(above)));
  }
  const shared = builder.binary("and64", left.value, right.value);
  return notZero(builder, shared, smaller(left.range.umax, right.range.umax));
};

const exchanged =
  (row: Row): Row =>
  (builder, left, right) =>
    row(builder, right, left);

/** What each condition is, or what its negation is. */
const rows: Readonly<Record<CompareName, { readonly row: Row; readonly negated: boolean }>> = {
  eq: { row: differ, negated: true },
  ne: { row: differ, negated: false },
  ult: { row: lessUnsigned, negated: false },
  uge: { row: lessUnsigned, negated: true },
  ugt: { row: exchanged(lessUnsigned), negated: false },
  ule: { row: exchanged(lessUnsigned), negated: true },
  slt: { row: less, negated: false },
  sge: { row: less, negated: true },
  sgt: { row: exchanged(less), negated: false },
  sle: { row: exchanged(less), negated: true },
  set: { row: shareBits, negated: false },
};

const word = { smin: 0n, smax: 0xffff_ffffn, umin: 0n, umax: 0xffff_ffffn };
const signedWord = { smin: -(1n << 31n), smax: (1n << 31n) - 1n };

/** The operand as a comparison of this width and sign reads it. */
function read(builder: MaskBuilder, value: ValueId, isNarrow: boolean, isSigned: boolean): Operand {
  const range = builder.range(value);
  if (!isNarrow) return { value, range };
  if (isSigned) {
    if (range.smin >= signedWord.smin && range.smax <= signedWord.smax) return { value, range };
    const all = { ...signedWord, umin: 0n, umax: (1n << 64n) - 1n };
    return { value: builder.unary("sext32", value), range: all };
  }
  return range.umax <= word.umax ? { value, range } : { value: builder.unary("zext32", value), range: word };
}

/** The condition as a value; undefined where the ranges say too little. What was built until then is not used. */
export function maskOf(
  builder: MaskBuilder,
  compare: CompareOp,
  left: ValueId,
  right: ValueId,
): ConditionMask | undefined {
  const { name, width } = splitOp<CompareName>(compare);
  const [a, b] = [left, right].map((value) =>
    read(builder, value, width === 32, name.startsWith("s") && name !== "set"),
  );
  const { row, negated } = rows[name];
  const told = a && b && row(builder, a, b);
  return told && { ...told, negated };
}

// What a range of an instruction's result says about its operand, the other operand being one known value. Sound because each
// row keeps every operand that gives a result in the range, or does not apply.
import type { Inst, ValueId } from "./function.ts";
import { greater, type Interval, signed, signedMax, signedMin, smaller } from "./interval.ts";

/** The operand that is learnt about, and how. */
export interface Implied {
  readonly value: ValueId;
  /** The other operand, if there is one. */
  readonly other: ValueId | undefined;
  /** The operand's range from its own, the result's, and the other's only value (signed); the first as it is when nothing follows. */
  readonly learn: (operand: Interval, result: Interval, other: bigint) => Interval;
}

type Row = Implied["learn"];

function between(operand: Interval, min: bigint, max: bigint): Interval {
  return min < signedMin || max > signedMax || min > max ? operand : signed(min, max);
}

function extension(min: bigint, max: bigint): Row {
  // Only where the extension changes nothing does a fact about its result hold of its operand.
  return (operand, result) => (operand.smin >= min && operand.smax <= max ? result : operand);
}

function shifted(sign: 1n | -1n): Row {
  return (operand, result, other) => {
    const by = other * sign;
    const wraps = operand.smin - by < signedMin || operand.smax - by > signedMax;
    return wraps ? operand : between(operand, result.smin + by, result.smax + by);
  };
}

/** A quotient by `size`: of values that are not negative each result stands for `size` operands. */
function quotient(size: (other: bigint) => bigint): Row {
  return (operand, result, other) => {
    if (operand.smin < 0n || result.smin < 0n || other < 0n) return operand;
    const by = size(other);
    return by < 1n ? operand : between(operand, result.smin * by, smaller(result.smax * by + by - 1n, signedMax));
  };
}

function product(size: (other: bigint) => bigint): Row {
  return (operand, result, other) => {
    const by = other < 0n ? 0n : size(other);
    const wraps = by < 1n || operand.smin < 0n || operand.smax * by > signedMax;
    return wraps ? operand : between(operand, (greater(result.smin, 0n) + by - 1n) / by, result.smax / by);
  };
}

/** The low halves are the values. */
function narrow(row: Row): Row {
  return (operand, result, other) =>
    operand.smin < 0n || operand.smax > 0xffffffffn ? operand : row(operand, result, other);
}

const masked: Row = (operand, result) =>
  operand.smin < 0n ? operand : between(operand, greater(result.smin, 0n), signedMax);

const power = (bits: bigint): bigint => (bits > 62n ? 0n : 1n << bits);
const same = (value: bigint): bigint => value;

const rows: Readonly<Partial<Record<Inst["op"], Row>>> = {
  sext32: extension(-(1n << 31n), (1n << 31n) - 1n),
  zext32: extension(0n, 0xffffffffn),
  add64: shifted(-1n),
  sub64: shifted(1n),
  lshr64: quotient(power),
  ashr64: quotient(power),
  udiv64: quotient(same),
  sdiv64: quotient(same),
  mul64: product(same),
  shl64: product(power),
  // A mask only clears bits.
  and64: masked,
  and32: narrow(masked),
  lshr32: narrow(quotient(power)),
};

/** How a fact about the result of `inst` carries over to its operand. */
export function impliedBy(inst: Inst): Implied | undefined {
  const learn = rows[inst.op];
  if (!learn || !("args" in inst)) return undefined;
  const [value, other] = inst.args;
  return value === undefined ? undefined : { value, other, learn };
}

// Intervals of results from intervals of operands, one row per operation. Sound because every row either computes the
// exact bounds of a monotone operation or falls back to all values of its width; 32-bit operations go through the low
// halves. Division by zero gives 0, remainder by zero the dividend (RFC 9669 section 4.1).
import { evaluateBinary, evaluateUnary } from "./evaluate.ts";
import {
  exactly,
  full,
  greater,
  type Interval,
  join,
  meet,
  signed,
  signedMin,
  singleValue,
  smaller,
  unsigned,
} from "./interval.ts";
import { type BinaryName, type BinaryOp, splitOp, type UnaryOp } from "./ops.ts";

type Transfer = (a: Interval, b: Interval) => Interval;

function corners(a: readonly bigint[], b: readonly bigint[], op: (x: bigint, y: bigint) => bigint): Interval {
  const all = a.flatMap((x) => b.map((y) => op(x, y)));
  const first = all[0] ?? 0n;
  return signed(
    all.reduce((min, one) => smaller(one, min), first),
    all.reduce((max, one) => greater(one, max), first),
  );
}

function both(a: Interval, b: Interval): Interval {
  return meet(a, b) ?? full;
}

function mask(max: bigint): bigint {
  return max === 0n ? 0n : (1n << BigInt(max.toString(2).length)) - 1n;
}

function add(a: Interval, b: Interval): Interval {
  return both(signed(a.smin + b.smin, a.smax + b.smax), unsigned(a.umin + b.umin, a.umax + b.umax));
}

function subtract(a: Interval, b: Interval): Interval {
  return both(signed(a.smin - b.smax, a.smax - b.smin), unsigned(a.umin - b.umax, a.umax - b.umin));
}

function multiply(a: Interval, b: Interval): Interval {
  const product = corners([a.smin, a.smax], [b.smin, b.smax], (x, y) => x * y);
  return both(product, unsigned(a.umin * b.umin, a.umax * b.umax));
}

function divideUnsigned(a: Interval, b: Interval): Interval {
  const least = b.umin === 0n ? 0n : a.umin / b.umax;
  return unsigned(least, a.umax / (b.umin === 0n ? 1n : b.umin));
}

/** The divisor without zero: its negative and its positive part. */
function divisors(b: Interval): readonly bigint[] {
  const ends = [b.smin, b.smax].filter((end) => end !== 0n);
  if (b.smin <= -1n && b.smax >= -1n) ends.push(-1n);
  if (b.smin <= 1n && b.smax >= 1n) ends.push(1n);
  return ends;
}

function divideSigned(a: Interval, b: Interval): Interval {
  const ends = divisors(b);
  if (ends.length === 0) return exactly(0n);
  const quotient = corners([a.smin, a.smax, ...(a.smin <= 0n && a.smax >= 0n ? [0n] : [])], ends, (x, y) => x / y);
  return b.smin <= 0n && b.smax >= 0n ? (join(quotient, exactly(0n)) ?? full) : quotient;
}

function remainderUnsigned(a: Interval, b: Interval): Interval {
  if (b.umin > a.umax) return a;
  return unsigned(0n, b.umin > 0n && b.umax - 1n < a.umax ? b.umax - 1n : a.umax);
}

function remainderSigned(a: Interval, b: Interval): Interval {
  const magnitude = greater(-b.smin, b.smax);
  const mayBeZero = b.smin <= 0n && b.smax >= 0n;
  const limit = mayBeZero ? 1n << 63n : magnitude - 1n;
  const min = a.smin >= 0n ? 0n : a.smin < -limit ? -limit : a.smin;
  const max = a.smax <= 0n ? 0n : a.smax > limit ? limit : a.smax;
  return signed(min, max);
}

/** Whether the constant keeps every bit that the value can have. */
function keeps(constant: Interval, value: Interval): boolean {
  const bits = singleValue(constant);
  return bits !== undefined && (mask(value.umax) & ~bits) === 0n;
}

function and(a: Interval, b: Interval): Interval {
  if (keeps(b, a)) return a;
  if (keeps(a, b)) return b;
  return unsigned(0n, smaller(a.umax, b.umax));
}

function or(a: Interval, b: Interval): Interval {
  const max = mask(greater(a.umax, b.umax));
  return unsigned(greater(a.umin, b.umin), max);
}

function xor(a: Interval, b: Interval): Interval {
  if (a.smin >= 0n && b.smin >= 0n) return unsigned(0n, mask(greater(a.umax, b.umax)));
  const ends = [a.smin, b.smin].map((end) => (end < 0n ? -end - 1n : 0n));
  const top = mask([a.smax, b.smax, ...ends].reduce((max, one) => greater(one, max), 0n));
  return signed(-top - 1n, top);
}

function shiftLeft(a: Interval, b: Interval): Interval {
  if (b.umax > 63n) return full;
  return both(
    corners([a.smin, a.smax], [b.umin, b.umax], (x, y) => x << y),
    unsigned(a.umin << b.umin, a.umax << b.umax),
  );
}

function shiftRight(a: Interval, b: Interval): Interval {
  return b.umax > 63n ? unsigned(0n, a.umax) : unsigned(a.umin >> b.umax, a.umax >> b.umin);
}

function shiftArithmetic(a: Interval, b: Interval): Interval {
  if (b.umax > 63n) return signed(smaller(a.smin, 0n), a.smax < 0n ? -1n : a.smax);
  return corners([a.smin, a.smax], [b.umin, b.umax], (x, y) => x >> y);
}

const wide: Readonly<Record<BinaryName, Transfer>> = {
  add,
  sub: subtract,
  mul: multiply,
  udiv: divideUnsigned,
  sdiv: divideSigned,
  umod: remainderUnsigned,
  smod: remainderSigned,
  and,
  or,
  xor,
  shl: shiftLeft,
  lshr: shiftRight,
  ashr: shiftArithmetic,
};

const all32 = unsigned(0n, 0xffffffffn);

/** The low half, zero-extended. */
export function low32(a: Interval): Interval {
  if (a.umax <= 0xffffffffn) return a;
  if (a.smax < 0n && a.smin >= -(1n << 31n)) return unsigned(a.smin + (1n << 32n), a.smax + (1n << 32n));
  return all32;
}

/** The low `bits`, sign-extended. */
function extend(a: Interval, bits: bigint): Interval {
  const half = 1n << (bits - 1n);
  if (a.smin >= -half && a.smax < half) return a;
  if (a.umin >= half && a.umax < half << 1n) return signed(a.umin - (half << 1n), a.umax - (half << 1n));
  return signed(-half, half - 1n);
}

const signedOps: ReadonlySet<BinaryName> = new Set(["sdiv", "smod", "ashr"]);

function narrow(name: BinaryName, a: Interval, b: Interval): Interval {
  const isShift = name === "shl" || name === "lshr" || name === "ashr";
  const [x, y] = [low32(a), low32(b)];
  if (isShift && y.umax > 31n) return name === "lshr" ? unsigned(0n, x.umax) : all32;
  const result = signedOps.has(name) ? wide[name](extend(x, 32n), isShift ? y : extend(y, 32n)) : wide[name](x, y);
  if (name === "xor" && singleValue(y) === 0xffffffffn) return unsigned(0xffffffffn - x.umax, 0xffffffffn - x.umin);
  return low32(result);
}

/** The interval of a binary operation's result. */
export function transferBinary(op: BinaryOp, a: Interval, b: Interval): Interval {
  const [x, y] = [singleValue(a), singleValue(b)];
  if (x !== undefined && y !== undefined) return exactly(evaluateBinary(op, x, y));
  const { name, width } = splitOp<BinaryName>(op);
  return width === 64 ? wide[name](a, b) : narrow(name, a, b);
}

/** The interval of a unary operation's result. */
export function transferUnary(op: UnaryOp, a: Interval): Interval {
  const x = singleValue(a);
  if (x !== undefined) return exactly(evaluateUnary(op, x));
  switch (op) {
    case "zext32":
      return low32(a);
    case "sext8":
      return extend(a, 8n);
    case "sext16":
      return extend(a, 16n);
    case "sext32":
      return extend(a, 32n);
    case "swap16":
      return unsigned(0n, 0xffffn);
    case "swap32":
    case "neg32":
      return all32;
    case "swap64":
      return full;
    case "neg64":
      return a.smin === signedMin ? full : signed(-a.smax, -a.smin);
  }
}

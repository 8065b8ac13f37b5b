// 64-bit arithmetic and byte order on halves. RFC 9669 sections 4.1 and 4.2. Sources may be the destination itself, so
// each step reads all it needs before it writes.
import { type AluOp, alu, type ByteOrderOp, type SwapBits } from "@typebpf/abi";
import { half, multiplyHigh, swapHalf, toBigInt, writeBigInt } from "../words.ts";
import type { Operands, Step } from "./step.ts";

type Make = (operands: Operands) => Step;

const add: Make =
  ({ r, d, b, s, next }) =>
  () => {
    const amount = half(b, s);
    const high = half(r, d + 1) + half(b, s + 1);
    const low = (half(r, d) + amount) | 0;
    r[d] = low;
    r[d + 1] = high + (low >>> 0 < amount >>> 0 ? 1 : 0);
    return next;
  };

const sub: Make =
  ({ r, d, b, s, next }) =>
  () => {
    const old = half(r, d);
    const amount = half(b, s);
    const high = half(r, d + 1) - half(b, s + 1);
    r[d] = old - amount;
    r[d + 1] = high - (old >>> 0 < amount >>> 0 ? 1 : 0);
    return next;
  };

const mul: Make =
  ({ r, d, b, s, next }) =>
  () => {
    const low = half(r, d);
    const factor = half(b, s);
    const crossed = Math.imul(low, half(b, s + 1)) + Math.imul(half(r, d + 1), factor);
    r[d] = Math.imul(low, factor);
    r[d + 1] = multiplyHigh(low, factor) + crossed;
    return next;
  };

/** Unsigned division and modulo: within 32 bits as numbers, else as bigints. */
function divide(op: "div" | "mod", narrow: (a: number, b: number) => number): Make {
  return ({ r, d, b, s, next }) =>
    () => {
      const a0 = half(r, d);
      const a1 = half(r, d + 1);
      const b0 = half(b, s);
      const b1 = half(b, s + 1);
      if (a1 === 0 && b1 === 0 && b0 !== 0) {
        r[d] = narrow(a0 >>> 0, b0 >>> 0);
      } else {
        writeBigInt(r, d, alu(op, 64, toBigInt(a0, a1), toBigInt(b0, b1)));
      }
      return next;
    };
}

function wide(op: "sdiv" | "smod"): Make {
  return ({ r, d, b, s, next }) =>
    () => {
      writeBigInt(r, d, alu(op, 64, toBigInt(half(r, d), half(r, d + 1)), toBigInt(half(b, s), half(b, s + 1))));
      return next;
    };
}

/** Operations on each half alone. */
function bitwise(compute: (a: number, b: number) => number): Make {
  return ({ r, d, b, s, next }) =>
    () => {
      const high = compute(half(r, d + 1), half(b, s + 1));
      r[d] = compute(half(r, d), half(b, s));
      r[d + 1] = high;
      return next;
    };
}

const lsh: Make =
  ({ r, d, b, s, next }) =>
  () => {
    const amount = half(b, s) & 63;
    const low = half(r, d);
    const high = half(r, d + 1);
    if (amount === 0) return next;
    r[d] = amount < 32 ? low << amount : 0;
    r[d + 1] = amount < 32 ? (high << amount) | (low >>> (32 - amount)) : low << (amount - 32);
    return next;
  };

/** Shifts to the right; `fill` shifts the upper half and gives what comes in from above. */
function shiftRight(fill: (high: number, amount: number) => number): Make {
  return ({ r, d, b, s, next }) =>
    () => {
      const amount = half(b, s) & 63;
      const low = half(r, d);
      const high = half(r, d + 1);
      if (amount === 0) return next;
      r[d] = amount < 32 ? (low >>> amount) | (high << (32 - amount)) : fill(high, amount - 32);
      r[d + 1] = amount < 32 ? fill(high, amount) : fill(fill(high, 31), 31);
      return next;
    };
}

const neg: Make =
  ({ r, d, next }) =>
  () => {
    const low = half(r, d);
    r[d] = -low;
    r[d + 1] = ~half(r, d + 1) + (low === 0 ? 1 : 0);
    return next;
  };

const mov: Make =
  ({ r, d, b, s, next }) =>
  () => {
    const high = half(b, s + 1);
    r[d] = half(b, s);
    r[d + 1] = high;
    return next;
  };

function extend(bits: 8 | 16 | 32): Make {
  const unused = 32 - bits;
  return ({ r, d, b, s, next }) =>
    () => {
      const low = (half(b, s) << unused) >> unused;
      r[d] = low;
      r[d + 1] = low >> 31;
      return next;
    };
}

/** Steps of 64-bit arithmetic by operation. */
export const alu64: Readonly<Record<AluOp, Make>> = {
  add,
  sub,
  mul,
  div: divide("div", (a, b) => Math.floor(a / b)),
  sdiv: wide("sdiv"),
  mod: divide("mod", (a, b) => a % b),
  smod: wide("smod"),
  or: bitwise((a, b) => a | b),
  and: bitwise((a, b) => a & b),
  xor: bitwise((a, b) => a ^ b),
  lsh,
  rsh: shiftRight((high, amount) => high >>> amount),
  arsh: shiftRight((high, amount) => high >> amount),
  neg,
  mov,
  movsx8: extend(8),
  movsx16: extend(16),
  movsx32: extend(32),
};

type Swap = (r: Int32Array, d: number) => void;

function write(r: Int32Array, d: number, low: number, high: number): void {
  r[d] = low;
  r[d + 1] = high;
}

const truncate: Readonly<Record<SwapBits, Swap>> = {
  16: (r, d) => write(r, d, half(r, d) & 0xffff, 0),
  32: (r, d) => write(r, d, half(r, d), 0),
  64: () => {},
};

const reverse: Readonly<Record<SwapBits, Swap>> = {
  16: (r, d) => write(r, d, swapHalf(half(r, d)) >>> 16, 0),
  32: (r, d) => write(r, d, swapHalf(half(r, d)), 0),
  64: (r, d) => write(r, d, swapHalf(half(r, d + 1)), swapHalf(half(r, d))),
};

const byteOrders: Readonly<Record<ByteOrderOp, Readonly<Record<SwapBits, Swap>>>> = {
  le: truncate,
  be: reverse,
  bswap: reverse,
};

/** The step of a byte order instruction on a little-endian machine. */
export function byteOrderStep(op: ByteOrderOp, bits: SwapBits, { r, d, next }: Operands): Step {
  const swap = byteOrders[op][bits];
  return () => {
    swap(r, d);
    return next;
  };
}

// 32-bit arithmetic: looks at the lower halves and clears the upper half of the result. RFC 9669 section 4.1.
import type { AluOp } from "@typebpf/abi";
import { half } from "../words.ts";
import type { Operands, Step } from "./step.ts";

type Compute = (a: number, b: number) => number;

/** Writes the result, for operations that need no speed of their own. */
function slow(compute: Compute): (operands: Operands) => Step {
  return ({ r, d, b, s, next }) =>
    () => {
      r[d] = compute(half(r, d), half(b, s));
      r[d + 1] = 0;
      return next;
    };
}

const add =
  ({ r, d, b, s, next }: Operands): Step =>
  () => {
    r[d] = half(r, d) + half(b, s);
    r[d + 1] = 0;
    return next;
  };

const and =
  ({ r, d, b, s, next }: Operands): Step =>
  () => {
    r[d] = half(r, d) & half(b, s);
    r[d + 1] = 0;
    return next;
  };

const mov =
  ({ r, d, b, s, next }: Operands): Step =>
  () => {
    r[d] = half(b, s);
    r[d + 1] = 0;
    return next;
  };

/** Steps of 32-bit arithmetic by operation. */
export const alu32: Readonly<Record<AluOp, (operands: Operands) => Step>> = {
  add,
  and,
  mov,
  sub: slow((a, b) => a - b),
  mul: slow(Math.imul),
  div: slow((a, b) => (b === 0 ? 0 : (a >>> 0) / (b >>> 0))),
  // The one overflow, most negative by -1, wraps: storing 2^31 in an Int32Array gives -2^31.
  sdiv: slow((a, b) => (b === 0 ? 0 : Math.trunc(a / b))),
  mod: slow((a, b) => (b === 0 ? a : (a >>> 0) % (b >>> 0))),
  smod: slow((a, b) => (b === 0 ? a : a % b)),
  or: slow((a, b) => a | b),
  xor: slow((a, b) => a ^ b),
  lsh: slow((a, b) => a << b),
  rsh: slow((a, b) => a >>> b),
  arsh: slow((a, b) => a >> b),
  neg: slow((a) => -a),
  movsx8: slow((_, b) => (b << 24) >> 24),
  movsx16: slow((_, b) => (b << 16) >> 16),
  movsx32: slow((_, b) => b),
};

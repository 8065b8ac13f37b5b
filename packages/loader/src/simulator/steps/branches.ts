// Conditional jumps. RFC 9669 section 4.3: 32-bit ones compare the lower halves.
import type { JumpOp, Width } from "@typebpf/abi";
import { below, half, less } from "../words.ts";
import type { Operands, Step } from "./step.ts";

type Make = (operands: Operands, target: number) => Step;
type Compare = (aLow: number, aHigh: number, bLow: number, bHigh: number) => boolean;

function wide(holds: Compare): Make {
  return ({ r, d, b, s, next }, target) =>
    () =>
      holds(half(r, d), half(r, d + 1), half(b, s), half(b, s + 1)) ? target : next;
}

function narrow(holds: (a: number, b: number) => boolean): Make {
  return ({ r, d, b, s, next }, target) =>
    () =>
      holds(half(r, d), half(b, s)) ? target : next;
}

const jeq64: Make =
  ({ r, d, b, s, next }, target) =>
  () =>
    half(r, d) === half(b, s) && half(r, d + 1) === half(b, s + 1) ? target : next;

const jne64: Make =
  ({ r, d, b, s, next }, target) =>
  () =>
    half(r, d) !== half(b, s) || half(r, d + 1) !== half(b, s + 1) ? target : next;

const jeq32: Make =
  ({ r, d, b, s, next }, target) =>
  () =>
    half(r, d) === half(b, s) ? target : next;

const jne32: Make =
  ({ r, d, b, s, next }, target) =>
  () =>
    half(r, d) !== half(b, s) ? target : next;

/** Steps of conditional jumps by width and condition. */
export const branches: Readonly<Record<Width, Readonly<Record<JumpOp, Make>>>> = {
  64: {
    jeq: jeq64,
    jne: jne64,
    jset: wide((a0, a1, b0, b1) => ((a0 & b0) | (a1 & b1)) !== 0),
    jgt: wide((a0, a1, b0, b1) => below(b0, b1, a0, a1)),
    jge: wide((a0, a1, b0, b1) => !below(a0, a1, b0, b1)),
    jlt: wide(below),
    jle: wide((a0, a1, b0, b1) => !below(b0, b1, a0, a1)),
    jsgt: wide((a0, a1, b0, b1) => less(b0, b1, a0, a1)),
    jsge: wide((a0, a1, b0, b1) => !less(a0, a1, b0, b1)),
    jslt: wide(less),
    jsle: wide((a0, a1, b0, b1) => !less(b0, b1, a0, a1)),
  },
  32: {
    jeq: jeq32,
    jne: jne32,
    jset: narrow((a, b) => (a & b) !== 0),
    jgt: narrow((a, b) => a >>> 0 > b >>> 0),
    jge: narrow((a, b) => a >>> 0 >= b >>> 0),
    jlt: narrow((a, b) => a >>> 0 < b >>> 0),
    jle: narrow((a, b) => a >>> 0 <= b >>> 0),
    jsgt: narrow((a, b) => a > b),
    jsge: narrow((a, b) => a >= b),
    jslt: narrow((a, b) => a < b),
    jsle: narrow((a, b) => a <= b),
  },
};

// Every condition as a value, on operands at the bounds of words and of 64 bits, with the ranges that are known of them:
// one value each, all values, and what lies between.
import { expect, test } from "vitest";
import { evaluateBinary, evaluateCompare, evaluateUnary } from "../ir/evaluate.ts";
import { exactly, full, type Interval, join, unsigned } from "../ir/interval.ts";
import { compareOps } from "../ir/ops.ts";
import { type MaskBuilder, maskOf } from "./condition-mask.ts";

const ones = (1n << 64n) - 1n;
const operands = [
  0n,
  1n,
  2n,
  8n,
  255n,
  1n << 31n,
  (1n << 31n) - 1n,
  ones >> 32n,
  1n << 32n,
  1n << 62n,
  ones >> 1n,
  1n << 63n,
  ones - 7n,
  ones,
];

/** Computes at once: a value's name is its place in `values`. */
function calculator(values: bigint[], ranges: readonly Interval[]): MaskBuilder {
  const push = (value: bigint): number => values.push(value) - 1;
  return {
    range: (value) => ranges[value] ?? full,
    constant: push,
    unary: (op, value) => push(evaluateUnary(op, values[value] ?? 0n)),
    binary: (op, left, right) => push(evaluateBinary(op, values[left] ?? 0n, values[right] ?? 0n)),
  };
}

/** Ranges that have the value, from narrow to wide. */
function rangesOf(value: bigint): readonly Interval[] {
  const near = join(exactly(value), exactly(value ^ 1n)) ?? full;
  const low = value <= ones >> 1n ? unsigned(0n, ones >> 1n) : full;
  return [exactly(value), near, low, full];
}

test.each(compareOps)("%s", (compare) => {
  let told = 0;
  for (const left of operands)
    for (const right of operands)
      for (const a of rangesOf(left))
        for (const b of rangesOf(right)) {
          const values = [left, right];
          const found = maskOf(calculator(values, [a, b]), compare, 0, 1);
          if (!found) continue;
          told++;
          const holds = evaluateCompare(compare, left, right) !== found.negated;
          const [bit, mask] = [found.bit(), found.mask()].map((value) => values[value]);
          expect([bit, mask], `${compare} ${left} ${right}`).toEqual(holds ? [1n, ones] : [0n, 0n]);
        }
  expect(told).toBeGreaterThan(operands.length ** 2);
});

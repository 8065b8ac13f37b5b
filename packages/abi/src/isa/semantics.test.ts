// Results worked out by hand from RFC 9669, and the JavaScript engine's own 32-bit arithmetic as a second opinion.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AluOp, JumpOp, Width } from "./form.ts";
import { alu, branchTaken, byteOrder, immediateValue, signExtend } from "./semantics.ts";

const MINUS_1 = 0xffff_ffff_ffff_ffffn;
const MIN_64 = 0x8000_0000_0000_0000n;

const results: readonly (readonly [AluOp, Width, bigint, bigint, bigint])[] = [
  ["add", 64, MINUS_1, 2n, 1n],
  ["add", 32, 0x1_ffff_ffffn, 2n, 1n],
  ["sub", 64, 0n, 1n, MINUS_1],
  ["sub", 32, 0n, 1n, 0xffff_ffffn],
  ["mul", 64, MINUS_1, MINUS_1, 1n],
  ["mul", 32, 0x1_0000_0003n, 0x5_0000_0007n, 21n],
  ["div", 64, MINUS_1, 2n, 0x7fff_ffff_ffff_ffffn],
  ["div", 64, 5n, MINUS_1, 0n],
  ["div", 64, 5n, 0n, 0n],
  ["div", 32, 0x7_0000_0009n, 0x1_0000_0002n, 4n],
  ["div", 32, 9n, 0x1_0000_0000n, 0n],
  ["sdiv", 64, MINUS_1 - 6n, 2n, MINUS_1 - 2n], // -7 / 2 = -3
  ["sdiv", 64, MIN_64, MINUS_1, MIN_64],
  ["sdiv", 64, 7n, 0n, 0n],
  ["sdiv", 32, 0x8000_0000n, 0xffff_ffffn, 0x8000_0000n],
  ["sdiv", 32, 0xffff_fff9n, 2n, 0xffff_fffdn],
  ["mod", 64, MINUS_1, 10n, 5n],
  ["mod", 64, 7n, 0n, 7n],
  ["mod", 32, 0x1_0000_0007n, 0n, 7n],
  ["mod", 32, 0x1_0000_0007n, 0x2_0000_0004n, 3n],
  ["smod", 64, MINUS_1 - 6n, 3n, MINUS_1], // -7 % 3 = -1
  ["smod", 64, 7n, MINUS_1 - 2n, 1n], // 7 % -3 = 1
  ["smod", 64, MIN_64, MINUS_1, 0n],
  ["smod", 64, MINUS_1, 0n, MINUS_1],
  ["smod", 32, 0x1_ffff_fff9n, 0n, 0xffff_fff9n],
  ["or", 32, 0xf_0000_00f0n, 0xfn, 0xffn],
  ["and", 64, MINUS_1, 0xff00n, 0xff00n],
  ["xor", 32, 0xffff_ffff_0000_0000n, 0xffff_ffffn, 0xffff_ffffn],
  ["lsh", 64, 1n, 63n, MIN_64],
  ["lsh", 64, 1n, 65n, 2n],
  ["lsh", 32, 0x8000_0001n, 33n, 2n],
  ["rsh", 64, MIN_64, 63n, 1n],
  ["rsh", 32, 0xf_8000_0000n, 31n, 1n],
  ["arsh", 64, MIN_64, 63n, MINUS_1],
  ["arsh", 64, MIN_64, MINUS_1, MINUS_1], // by 63
  ["arsh", 32, 0x8000_0000n, 31n, 0xffff_ffffn],
  ["arsh", 32, 0xf_4000_0000n, 30n, 1n],
  ["neg", 64, 1n, 0n, MINUS_1],
  ["neg", 32, 1n, 0n, 0xffff_ffffn],
  ["neg", 64, MIN_64, 0n, MIN_64],
  ["mov", 64, 0n, MINUS_1, MINUS_1],
  ["mov", 32, MINUS_1, MINUS_1, 0xffff_ffffn],
  ["movsx8", 64, 0n, 0x180n, 0xffff_ffff_ffff_ff80n],
  ["movsx8", 32, 0n, 0x180n, 0xffff_ff80n],
  ["movsx16", 64, 0n, 0x1_7fffn, 0x7fffn],
  ["movsx16", 32, 0n, 0x8000n, 0xffff_8000n],
  ["movsx32", 64, 0n, 0x8000_0000n, 0xffff_ffff_8000_0000n],
];

const conditions: readonly (readonly [JumpOp, Width, bigint, bigint, boolean])[] = [
  ["jeq", 64, 0x1_0000_0000n, 0n, false],
  ["jeq", 32, 0x1_0000_0000n, 0n, true],
  ["jne", 64, 1n, 2n, true],
  ["jne", 32, 0x1_0000_0001n, 1n, false],
  ["jgt", 64, MINUS_1, 1n, true],
  ["jgt", 64, 1n, 1n, false],
  ["jge", 64, 1n, 1n, true],
  ["jge", 32, 0x1_0000_0000n, 1n, false],
  ["jlt", 64, 1n, MINUS_1, true],
  ["jlt", 64, 1n, 1n, false],
  ["jle", 64, 1n, 1n, true],
  ["jle", 64, MINUS_1, 1n, false],
  ["jset", 64, 0x1_0000_0000n, MINUS_1, true],
  ["jset", 32, 0x1_0000_0000n, MINUS_1, false],
  ["jsgt", 64, MINUS_1, 1n, false],
  ["jsgt", 32, 0xffff_ffffn, 1n, false],
  ["jsgt", 64, 0xffff_ffffn, 1n, true],
  ["jsge", 64, MINUS_1, MINUS_1, true],
  ["jsge", 64, MIN_64, 0n, false],
  ["jslt", 64, MIN_64, 0n, true],
  ["jslt", 64, 0n, 0n, false],
  ["jsle", 32, 0x8000_0000n, 0n, true],
  ["jsle", 64, 1n, MINUS_1, false],
];

describe("arithmetic", () => {
  test.each(results)("%s%i of %o and %o is %o", (op, width, dst, src, result) => {
    expect(alu(op, width, dst, src)).toBe(result);
  });

  test("32-bit operations agree with the JavaScript engine", () => {
    const engine: Readonly<Partial<Record<AluOp, (a: number, b: number) => number>>> = {
      add: (a, b) => a + b,
      sub: (a, b) => a - b,
      mul: (a, b) => Math.imul(a, b),
      or: (a, b) => a | b,
      and: (a, b) => a & b,
      xor: (a, b) => a ^ b,
      lsh: (a, b) => a << b,
      rsh: (a, b) => a >>> b,
      arsh: (a, b) => a >> b,
      neg: (a) => -a,
      div: (a, b) => (b >>> 0 === 0 ? 0 : Math.floor((a >>> 0) / (b >>> 0))),
      mod: (a, b) => (b >>> 0 === 0 ? a : (a >>> 0) % (b >>> 0)),
      sdiv: (a, b) => (b === 0 ? 0 : (a | 0) / (b | 0)),
      smod: (a, b) => (b === 0 ? a : (a | 0) % (b | 0)),
    };
    const word = fc.oneof(fc.constantFrom(0, 1, -1, 2 ** 31 - 1, -(2 ** 31)), fc.integer());
    for (const [op, compute] of Object.entries(engine)) {
      fc.assert(
        fc.property(word, word, fc.bigInt({ min: 0n, max: 0xffff_ffffn }), (a, b, upper) => {
          const above = upper << 32n;
          const low = (value: number) => BigInt.asUintN(32, BigInt(value));
          expect(alu(op as AluOp, 32, above | low(a), above | low(b)), op).toBe(low(compute(a, b) | 0));
        }),
      );
    }
  });
});

describe("conditions", () => {
  test.each(conditions)("%s%i of %o and %o is %o", (op, width, a, b, taken) => {
    expect(branchTaken(op, width, a, b)).toBe(taken);
  });
});

test("byte order", () => {
  const value = 0x1122_3344_5566_7788n;
  expect(byteOrder("be", 16, value)).toBe(0x8877n);
  expect(byteOrder("be", 32, value)).toBe(0x8877_6655n);
  expect(byteOrder("be", 64, value)).toBe(0x8877_6655_4433_2211n);
  expect(byteOrder("le", 16, value)).toBe(0x7788n);
  expect(byteOrder("le", 32, value)).toBe(0x5566_7788n);
  expect(byteOrder("le", 64, value)).toBe(value);
  expect(byteOrder("bswap", 16, value)).toBe(0x8877n);
});

test("sign extension and immediates", () => {
  expect(signExtend(8, 0x1ffn)).toBe(MINUS_1);
  expect(signExtend(16, 0x7fffn)).toBe(0x7fffn);
  expect(signExtend(32, 0x8000_0000n)).toBe(0xffff_ffff_8000_0000n);
  expect(signExtend(64, MIN_64)).toBe(MIN_64);
  expect(immediateValue(-1)).toBe(MINUS_1);
  expect(immediateValue(5)).toBe(5n);
});

// At least one row per rewrite rule: what goes in, what comes out. A rule without a row, or a row without its rule, fails.
import { describe, expect, test } from "vitest";
import { parseModule } from "../../ir/parse.ts";
import { removeDeadCode } from "../dce.ts";
import { mergeCommonSubexpressions } from "../gvn.ts";
import { conditionRules, operationRules, simplify } from "../simplify.ts";
import { expressionOf, functionOf } from "./expression.ts";

/** [rule, expression, what it becomes] */
const rows: readonly (readonly [string, string, string])[] = [
  ["x + 0, x - 0, x << 0, x >> 0 is x", "add64(x, 0)", "x"],
  ["x + 0, x - 0, x << 0, x >> 0 is x", "lshr32(x, 0)", "zext32(x)"],
  ["x - x is 0", "sub64(x, x)", "0"],
  ["x - c is x + -c", "sub64(x, 5)", "add64(x, -5)"],
  ["x - c is x + -c", "sub32(x, 1)", "add32(x, -1)"],
  ["(x + a) + b is x + (a + b)", "add64(add64(x, 5), 7)", "add64(x, 12)"],
  ["(x + a) + b is x + (a + b)", "add32(add32(x, 5), -7)", "add32(x, -2)"],
  ["x * 0 is 0, x * 1 is x, x * 2^n is x << n", "mul64(x, 8)", "shl64(x, 3)"],
  ["x * 0 is 0, x * 1 is x, x * 2^n is x << n", "mul64(0, x)", "0"],
  ["x * 0 is 0, x * 1 is x, x * 2^n is x << n", "mul64(x, 6)", "mul64(x, 6)"],
  ["x / 2^n is x >> n, x % 2^n is x & (2^n - 1), unsigned", "udiv64(x, 16)", "lshr64(x, 4)"],
  ["x / 2^n is x >> n, x % 2^n is x & (2^n - 1), unsigned", "umod64(x, 16)", "and64(x, 15)"],
  ["x / 2^n is x >> n, x % 2^n is x & (2^n - 1), unsigned", "umod64(x, 0)", "umod64(x, 0)"],
  ["signed division of two values that are not negative is unsigned", "sdiv64(w, h)", "udiv64(w, h)"],
  ["signed division of two values that are not negative is unsigned", "sdiv64(x, h)", "sdiv64(x, h)"],
  ["signed shift right of a value that is not negative is unsigned", "ashr64(w, 3)", "lshr64(w, 3)"],
  ["signed shift right of a value that is not negative is unsigned", "ashr32(w, 3)", "ashr32(w, 3)"],
  ["(x << a) << b is x << (a + b), (x >> a) >> b is x >> (a + b)", "shl64(shl64(x, 3), 4)", "shl64(x, 7)"],
  ["(x << a) << b is x << (a + b), (x >> a) >> b is x >> (a + b)", "lshr32(lshr32(x, 30), 4)", "0"],
  ["x >> n is 0 where x < 2^n", "lshr64(h, 16)", "0"],
  ["x >> n is 0 where x < 2^n", "lshr64(w, 31)", "lshr64(w, 31)"],
  [
    "x & 0 is 0, x & x is x, x & -1 is x, and a mask that covers all bits that x can have is no mask",
    "and64(h, 0xffff)",
    "h",
  ],
  [
    "x & 0 is 0, x & x is x, x & -1 is x, and a mask that covers all bits that x can have is no mask",
    "and64(w, 0xffff)",
    "and64(w, 65535)",
  ],
  ["x | 0, x ^ 0 is x; x | x is x; x ^ x is 0", "xor64(x, x)", "0"],
  ["x | 0, x ^ 0 is x; x | x is x; x ^ x is 0", "or32(x, 0)", "zext32(x)"],
  ["(x op a) op b is x op (a op b)", "or64(or64(x, 1), 6)", "or64(x, 7)"],
  ["(x op a) op b is x op (a op b)", "xor64(xor64(x, 1), 3)", "xor64(x, 2)"],
  ["a 64-bit mask of a 32-bit mask is one mask", "and64(and32(x, 0xf00000ff), 0x1ff)", "and64(x, 255)"],
  ["an extension of a value that already has its upper bits is the value", "sext32(h)", "h"],
  ["an extension of a value that already has its upper bits is the value", "zext32(w)", "w"],
  ["an extension of a value that was extended the same way is the value", "sext32(s)", "s"],
  ["an extension reads only its low bits", "sext16(zext32(x))", "sext16(x)"],
  ["an extension reads only its low bits", "sext8(and64(x, 0xff))", "sext8(x)"],
  ["the low half of a 64-bit operation is the 32-bit operation", "zext32(add64(x, y))", "add32(x, y)"],
  ["the low half of a 64-bit operation is the 32-bit operation", "zext32(lshr64(x, y))", "zext32(lshr64(x, y))"],
  ["32-bit operations read only low halves", "or32(sext32(shl32(w, 4)), sext32(x))", "or32(shl32(w, 4), x)"],
  ["a mask of an extended value masks the value", "and64(sext32(x), 0xff0)", "and64(x, 4080)"],
  [
    "a 32-bit mask with a positive constant is a 64-bit mask, which needs no extension",
    "sext32(and32(w, 0x1fff))",
    "and64(w, 8191)",
  ],
  ["byte swaps read only their low bits", "swap16(and64(x, 0xffff))", "swap16(x)"],
  ["swapping twice is the value", "swap16(swap16(h))", "h"],
  ["swapping twice is the value", "swap16(swap16(w))", "swap16(swap16(w))"],
  ["the top byte of a swapped value is the low byte of the value", "lshr64(swap32(w), 24)", "and64(w, 255)"],
  [
    "masking a swapped value that is only tested for equality masks before the swap",
    "and64(swap16(h), 0x1fff)",
    "swap16(and64(h, 65311))",
  ],
  ["constants are compared now", "5 ult64 6", "true"],
  ["constants stand right", "6 ult64 x", "x ugt64 6"],
  ["a pointer that was computed is not null", "pointer", "true"],
  ["signed comparison of two values that are not negative is unsigned", "w slt64 h", "w ult64 h"],
  ["signed comparison of two values that are not negative is unsigned", "x slt64 h", "x slt64 h"],
  ["a value that is not negative against a negative constant is known", "w sgt64 -1", "true"],
  ["the bounds of a value decide", "b ugt64 255", "false"],
  ["the bounds of a value decide", "b eq64 256", "false"],
  ["x < 1 is x == 0, x > 0 and x >= 1 are x != 0, unsigned", "x ugt64 0", "x ne64 0"],
  ["x < 1 is x == 0, x > 0 and x >= 1 are x != 0, unsigned", "x ult64 1", "x eq64 0"],
  ["(x & m) != 0 is one test", "and64(x, 3) ne64 0", "x set64 3"],
  ["(x & m) != 0 is one test", "and64(x, 3) eq64 0", "not x set64 3"],
  ["x + a == b is x == b - a", "add64(x, 5) eq64 7", "x eq64 2"],
  ["x - y == 0 is x == y, and so is x ^ y == 0", "xor64(x, y) eq64 0", "x eq64 y"],
  ["32-bit conditions read only low halves", "sext32(x) ult32 y", "x ult32 y"],
  ["an equality of an extended value with a constant that fits is one of low halves", "sext32(x) eq64 -1", "x eq32 -1"],
  ["an equality of an extended value with a constant that fits is one of low halves", "zext32(x) eq64 -1", "false"],
  [
    "a swapped value equals a constant where the value equals the swapped constant",
    "swap16(h) eq64 0x0800",
    "h eq64 8",
  ],
  [
    "a swapped value equals a constant where the value equals the swapped constant",
    "swap64(x) eq32 1",
    "swap64(x) eq32 1",
  ],
  ["two swapped values are equal where the values are", "swap32(w) ne64 swap32(w)", "w ne64 w"],
];

function rewritten(text: string): string {
  const once = (fn: ReturnType<typeof functionOf>) => removeDeadCode(mergeCommonSubexpressions(simplify(fn)));
  return expressionOf(once(once(once(functionOf(text)))));
}

describe("rewrite rules", () => {
  test.each(rows.filter(([, text]) => text !== "pointer"))("%s: %s", (_, text, expected) => {
    expect(rewritten(text)).toBe(expected);
  });
  test("a pointer that was computed is not null", () => {
    const text = `function f failure 0
b0(v0: ptr.context):
  v1: ptr.packet = load4 v0 +0
  v2: ptr.packet = const 0
  branch eq64 v1 v2 b1() b2()
b1():
  v3: i64 = const 1
  return v3
b2():
  v4: i64 = const 2
  return v4
`;
    const simplified = parseModule(text).functions.map(simplify);
    expect(simplified[0]?.blocks[0]?.end).toMatchObject({ op: "jump", to: { block: 2 } });
  });
  test("every rule has a row, and every row its rule", () => {
    const rules = [...operationRules, ...conditionRules].map((rule) => rule.name);
    expect(new Set(rules).size).toBe(rules.length);
    expect([...new Set(rows.map(([name]) => name))].sort()).toEqual([...rules].sort());
  });
});

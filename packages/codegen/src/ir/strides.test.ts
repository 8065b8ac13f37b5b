import { describe, expect, test } from "vitest";
import type { IrFunction } from "./function.ts";
import { signed, unsigned } from "./interval.ts";
import { parseModule } from "./parse.ts";
import { computeRanges } from "./ranges.ts";
import { computeStrides, onStride } from "./strides.ts";

function parse(text: string): IrFunction {
  const [fn] = parseModule(`function f failure 0\n${text}`).functions;
  if (!fn) throw new Error("no function");
  return fn;
}

const loop = parse(`b0(v0: ptr.context):
  v1: i64 = const 1
  v2: i64 = const 4
  v3: i64 = const 16
  jump b1(v1)
b1(v4: i64):
  branch ult64 v4 v3 b2() b3()
b2():
  v5: i64 = add64 v4 v2
  jump b1(v5)
b3():
  return v4
`);

describe("strides", () => {
  test("a counter in steps of four keeps its two low bits", () => {
    expect(computeStrides(loop).get(4)).toEqual({ bits: 2n, rest: 1n });
    expect(computeRanges(loop).at(4, 2)).toEqual(unsigned(1n, 13n));
  });

  test.each([
    ["and64", 0xfffffffffffffffcn, { bits: 2n, rest: 0n }],
    ["or64", 3n, { bits: 2n, rest: 3n }],
    ["shl64", 3n, { bits: 3n, rest: 0n }],
    ["shl32", 3n, { bits: 3n, rest: 0n }],
    ["mul64", 12n, { bits: 2n, rest: 0n }],
    ["lshr64", 2n, undefined],
  ])("%s by %d", (op, constant, expected) => {
    const fn = parse(`b0(v0: ptr.context):
  v1: i64 = load4 v0 +0
  v2: i64 = const ${constant}
  v3: i64 = ${op} v1 v2
  return v3
`);
    expect(computeStrides(fn).get(3)).toEqual(expected);
  });

  test("bounds move inwards, of negative values too", () => {
    expect(onStride(signed(-5n, 6n), { bits: 2n, rest: 1n })).toMatchObject({ smin: -3n, smax: 5n });
  });
});

import { describe, expect, test } from "vitest";
import type { IrFunction } from "./function.ts";
import { signed, unsigned } from "./interval.ts";
import { parseModule } from "./parse.ts";
import { computeRanges } from "./ranges.ts";

function parse(text: string): IrFunction {
  const [fn] = parseModule(`function f failure 0\n${text}`).functions;
  if (!fn) throw new Error("no function");
  return fn;
}

/** for (i = 0; i < limit; i += step) sum += byte */
function loop(limit: string, step = 1): IrFunction {
  return parse(`b0(v0: ptr.context):
  v1: i64 = const 0
  v2: i64 = load4 v0 +12
  v9: i64 = ${limit}
  jump b1(v1, v1)
b1(v3: i64, v4: i64):
  branch slt64 v3 v9 b2() b3()
b2():
  v5: i64 = load1 v0 +12
  v6: i64 = add64 v4 v5
  v7: i64 = const ${step}
  v8: i64 = add64 v3 v7
  jump b1(v8, v6)
b3():
  return v4
`);
}

describe("loops", () => {
  test("a constant limit bounds the counter, the trips, and what is summed up", () => {
    const ranges = computeRanges(loop("const 100"));
    expect(ranges.trips(1)).toBe(100n);
    expect(ranges.of(3)).toEqual(unsigned(0n, 100n));
    expect(ranges.at(3, 2)).toEqual(unsigned(0n, 99n));
    expect(ranges.of(4)).toEqual(unsigned(0n, 25500n));
  });

  test("a limit of known range bounds them too", () => {
    const ranges = computeRanges(loop("load1 v0 +16", 3));
    expect(ranges.trips(1)).toBe(85n);
    expect(ranges.of(3)).toEqual(unsigned(0n, 255n));
  });

  test("without a limit there is no bound, and ranges stay sound", () => {
    const ranges = computeRanges(
      parse(
        `b0(v0: ptr.context):
  v1: i64 = const 0
  v2: i64 = const 1
  jump b1(v1)
b1(v3: i64):
  v4: i64 = load4 v0 +12
  branch eq64 v4 v1 b2() b1(v5)
b2():
  return v3
`.replace("  branch", "  v5: i64 = add64 v3 v2\n  branch"),
      ),
    );
    expect(ranges.trips(1)).toBeUndefined();
    expect(ranges.of(3).smax).toBeGreaterThan(1n << 60n);
  });

  test.each([
    ["lshr64", "v2: i64 = const 1", 32n],
    ["udiv64", "v2: i64 = const 10", 10n],
  ])("while (x) by %s ends after as many steps as x has digits", (op, constant, trips) => {
    const ranges = computeRanges(
      parse(`b0(v0: ptr.context):
  v1: i64 = const 0
  ${constant}
  v3: i64 = load4 v0 +12
  jump b1(v3)
b1(v4: i64):
  branch ne64 v4 v1 b2() b3()
b2():
  v5: i64 = ${op} v4 v2
  jump b1(v5)
b3():
  return v4
`),
    );
    expect(ranges.trips(1)).toBe(trips);
    expect(ranges.at(4, 3)).toEqual(unsigned(0n, 0n));
  });

  test("a value that may be set anew is bounded by what it is set to", () => {
    const ranges = computeRanges(
      parse(`b0(v0: ptr.context):
  v1: i64 = const 0
  v2: i64 = const 1
  v3: i64 = const 10
  v4: i64 = const 500
  jump b1(v1, v1)
b1(v5: i64, v6: i64):
  branch slt64 v5 v3 b2() b5()
b2():
  v7: i64 = load4 v0 +12
  branch eq64 v7 v1 b3() b4(v6)
b3():
  jump b4(v4)
b4(v8: i64):
  v9: i64 = add64 v8 v2
  v10: i64 = add64 v5 v2
  jump b1(v10, v9)
b5():
  return v6
`),
    );
    expect(ranges.of(6).smin).toBe(0n);
    expect(ranges.of(6).smax).toBeLessThanOrEqual(511n);
  });

  test("an inner loop's trips count for each of the outer's", () => {
    const ranges = computeRanges(
      parse(`b0(v0: ptr.context):
  v1: i64 = const 0
  v2: i64 = const 1
  v3: i64 = const 10
  jump b1(v1, v1)
b1(v4: i64, v5: i64):
  branch slt64 v4 v3 b2(v1, v5) b5()
b2(v6: i64, v7: i64):
  branch slt64 v6 v3 b3() b4()
b3():
  v8: i64 = add64 v7 v3
  v9: i64 = add64 v6 v2
  jump b2(v9, v8)
b4():
  v10: i64 = add64 v4 v2
  jump b1(v10, v7)
b5():
  return v5
`),
    );
    expect([ranges.trips(1), ranges.trips(2)]).toEqual([10n, 10n]);
    expect(ranges.of(5)).toEqual(unsigned(0n, 1000n));
  });
});

describe("branches", () => {
  test("refine both operands, and what they were made from", () => {
    const ranges = computeRanges(
      parse(`b0(v0: ptr.context):
  v1: i64 = load4 v0 +12
  v2: i64 = load1 v0 +16
  v3: i64 = const 4
  v4: i64 = add64 v1 v3
  branch sle64 v4 v2 b1() b2()
b1():
  return v1
b2():
  return v2
`),
    );
    expect(ranges.at(4, 1)).toEqual(unsigned(4n, 255n));
    expect(ranges.at(1, 1)).toEqual(unsigned(0n, 251n));
    expect(ranges.at(2, 1)).toEqual(unsigned(4n, 255n));
    expect(ranges.at(1, 2)).toEqual(unsigned(0n, 0xffffffffn));
  });

  test("values are refined along edges, so that clamping by hand works", () => {
    const ranges = computeRanges(
      parse(`b0(v0: ptr.context):
  v1: i64 = load4 v0 +12
  v2: i64 = const 64
  branch ugt64 v1 v2 b1(v2) b1(v1)
b1(v3: i64):
  return v3
`),
    );
    expect(ranges.of(3)).toEqual(unsigned(0n, 64n));
  });

  test("what can never run says nothing", () => {
    const ranges = computeRanges(
      parse(`b0(v0: ptr.context):
  v1: i64 = load1 v0 +12
  v2: i64 = const 256
  v3: i64 = const 18446744073709551615
  branch ult64 v1 v2 b2(v1) b1()
b1():
  jump b2(v3)
b2(v4: i64):
  return v4
`),
    );
    expect(ranges.isReachable(1)).toBe(false);
    expect(ranges.of(4)).toEqual(signed(0n, 255n));
  });

  test("not zero", () => {
    const ranges = computeRanges(
      parse(`b0(v0: ptr.context):
  v1: i64 = load4 v0 +12
  v2: i64 = const 0
  branch eq64 v1 v2 b1() b2()
b1():
  return v1
b2():
  return v1
`),
    );
    expect(ranges.at(1, 1)).toEqual(unsigned(0n, 0n));
    expect(ranges.at(1, 2)).toEqual(unsigned(1n, 0xffffffffn));
  });
});

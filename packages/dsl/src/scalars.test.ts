import { describe, expect, test } from "vitest";
import { i8, i16, i32, i64, sizeOf, u8, u16, u16be, u32, u32be, u64, u64be } from "./index.ts";

describe("casts keep the low bits", () => {
  test.each([
    [u8, 256, 0],
    [u8, -1, 255],
    [u8, 0x1ffn, 255],
    [i8, 128, -128],
    [i8, 255n, -1],
    [u16, 0x1_2345, 0x2345],
    [i16, 0x8000, -32768],
    [u32, -1, 0xffffffff],
    [u32, 2 ** 53, 0],
    [u32, 2 ** 53 - 1, 0xffffffff],
    [u32, 0x1_0000_0005n, 5],
    [i32, 2 ** 31, -(2 ** 31)],
    [u16be, 0x1_0102, 0x0102],
    [u32be, 1, 1],
  ])("%o(%s) is %s", (cast, value, expected) => {
    expect(cast(value)).toBe(expected);
  });

  test("to 64 bits, from numbers and bigints", () => {
    expect(u64(-1)).toBe(2n ** 64n - 1n);
    expect(u64(2n ** 64n + 7n)).toBe(7n);
    expect(i64(2n ** 63n)).toBe(-(2n ** 63n));
    expect(u64be(2 ** 53)).toBe(2n ** 53n);
    expect(Object.is(u8(-0), 0)).toBe(true);
  });
});

test("what is no integer is refused", () => {
  expect(() => u8(1.5)).toThrow(RangeError);
  expect(() => u64(Number.NaN)).toThrow("u64() casts an integer, not NaN");
  expect(() => i32(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  expect(() => u8("1" as unknown as number)).toThrow('u8() casts a number or a bigint, not "1"');
});

test("a scalar is a frozen schema", () => {
  expect([u16be.size, u16be.align, u16be.layout.bigEndian, u16be.layout.name]).toEqual([2, 2, true, "u16be"]);
  expect(sizeOf(i64)).toBe(8);
  expect(Object.isFrozen(u8)).toBe(true);
});

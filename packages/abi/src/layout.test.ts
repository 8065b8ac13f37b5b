import { describe, expect, test } from "vitest";
import {
  arrayLayout,
  bitsLayout,
  type Layout,
  prefixAddress,
  scalarLayouts,
  structLayout,
  unionLayout,
} from "./layout.ts";

const { u8, u16, u32, u64, u16be, u32be, i32 } = scalarLayouts;

function offsets(members: Readonly<Record<string, Layout>>): readonly unknown[] {
  const { fields, size, align } = structLayout("s", members);
  return [...fields.map((field) => field.offset), size, align];
}

/** Offset, and bit offset where there is one, of each member. */
function bitPlaces(members: Readonly<Record<string, Layout>>): readonly (readonly number[])[] {
  return structLayout("s", members).fields.map(({ offset, bitOffset }) =>
    bitOffset === undefined ? [offset] : [offset, bitOffset],
  );
}

describe("scalars", () => {
  test.each(Object.entries(scalarLayouts))("%s says its own name, size and sign", (name, layout) => {
    const [, sign, bits, order] = /^([ui])(\d+)(be)?$/.exec(name) ?? [];
    expect(layout).toEqual({
      kind: "scalar",
      name,
      size: Number(bits) / 8,
      align: Number(bits) / 8,
      signed: sign === "i",
      bigEndian: order === "be",
    });
  });
});

// Expected values: offsetof and sizeof of the same declarations, the C ABI of x86-64, as compilers print them.
describe("structs", () => {
  test("members are aligned, and the end is padded", () => {
    expect(offsets({ a: u8, b: u64, c: u16 })).toEqual([0, 8, 16, 24, 8]);
    expect(offsets({ a: u8, b: u16, c: u8 })).toEqual([0, 2, 4, 6, 2]);
    expect(offsets({ a: u8, b: u8, c: u8 })).toEqual([0, 1, 2, 3, 1]);
  });

  test("an empty struct has no size", () => {
    expect(offsets({})).toEqual([0, 1]);
  });

  test("arrays have their item's alignment, structs their widest member's", () => {
    expect(arrayLayout(u8, 6)).toMatchObject({ size: 6, align: 1 });
    expect(offsets({ mac: arrayLayout(u8, 6), proto: u16be })).toEqual([0, 6, 8, 2]);
    const inner = structLayout("inner", { a: u8, b: u32 });
    expect(offsets({ flag: u8, items: arrayLayout(inner, 2), end: u8 })).toEqual([0, 4, 20, 24, 4]);
    expect(arrayLayout(arrayLayout(u16, 3), 2)).toMatchObject({ size: 12, align: 2 });
  });
});

describe("bit fields of native units", () => {
  test("of one unit share it", () => {
    const ip = { ihl: bitsLayout(u8, 4), version: bitsLayout(u8, 4), tos: u8 };
    expect(bitPlaces(ip)).toEqual([[0, 0], [0, 4], [1]]);
    expect(structLayout("s", ip).size).toBe(2);
  });

  test("that would cross a boundary of their unit begin the next one", () => {
    const members = { a: bitsLayout(u16, 9), b: bitsLayout(u16, 7), c: bitsLayout(u16, 1) };
    expect(bitPlaces(members)).toEqual([
      [0, 0],
      [0, 9],
      [2, 0],
    ]);
    expect(structLayout("s", members).size).toBe(4);
    expect(bitPlaces({ a: bitsLayout(u8, 5), b: bitsLayout(u8, 4) })).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(bitPlaces({ a: bitsLayout(u32, 32), b: bitsLayout(u32, 1) })).toEqual([
      [0, 0],
      [4, 0],
    ]);
  });

  test("go into the free bits of what is before, and leave the rest to what is after", () => {
    expect(offsets({ a: u8, b: bitsLayout(u32, 3), c: u8 })).toEqual([0, 0, 2, 4, 4]);
    expect(bitPlaces({ a: u8, b: bitsLayout(u32, 3), c: bitsLayout(u8, 5) })).toEqual([[0], [0, 8], [1, 3]]);
    expect(bitPlaces({ a: u8, b: bitsLayout(u16, 9) })).toEqual([[0], [2, 0]]);
  });

  test("of 64-bit and signed units", () => {
    const members = { a: bitsLayout(u64, 40), b: bitsLayout(u64, 24), c: bitsLayout(i32, 3) };
    expect(offsets(members)).toEqual([0, 0, 8, 16, 8]);
  });
});

describe("bit fields of big-endian units", () => {
  test("share units of their own", () => {
    const members = { a: u8, b: bitsLayout(u16be, 3), c: bitsLayout(u16be, 13), d: bitsLayout(u16be, 1), e: u8 };
    expect(bitPlaces(members)).toEqual([[0], [2, 0], [2, 3], [4, 0], [6]]);
    expect(structLayout("s", members).size).toBe(8);
  });

  test("are not joined over a member between them, nor with native ones", () => {
    expect(bitPlaces({ a: bitsLayout(u16be, 4), b: u16be, c: bitsLayout(u16be, 4) })).toEqual([[0, 0], [2], [4, 0]]);
    const mixed = { a: bitsLayout(u16be, 4), b: bitsLayout(u16, 4), c: bitsLayout(u16be, 4) };
    expect(bitPlaces(mixed)).toEqual([
      [0, 0],
      [2, 0],
      [4, 0],
    ]);
  });
});

test("the address of a prefix key lies right behind the length", () => {
  expect(prefixAddress(structLayout("k", { prefixLength: u32, address: u32be }))).toBe(u32be);
  const others = [
    { prefixLength: u32, address: u64 },
    { prefixLength: u32be, address: u32be },
    { length: u32, address: u32be },
    { prefixLength: u32, address: u32be, more: u8 },
  ];
  for (const members of others) expect(prefixAddress(structLayout("k", members))).toBeUndefined();
  expect(prefixAddress(u32)).toBeUndefined();
});

test("the members of a union all begin at its start, and it is as wide as its alignment makes the widest", () => {
  const { fields, size, align, union } = unionLayout("u", { a: u32, b: arrayLayout(u8, 6), c: bitsLayout(u16be, 3) });
  expect([fields.map(({ offset, bitOffset }) => [offset, bitOffset]), size, align, union]).toEqual([
    [
      [0, undefined],
      [0, undefined],
      [0, 0],
    ],
    8,
    4,
    true,
  ]);
  expect(prefixAddress(unionLayout("u", { prefixLength: u32, address: u32 }))).toBeUndefined();
});

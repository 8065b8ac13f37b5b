import { expect, test } from "vitest";
import {
  array,
  arrayMap,
  bits,
  hashMap,
  i32,
  lruHashMap,
  offsetOf,
  perCpuArray,
  sizeOf,
  struct,
  u8,
  u16,
  u32,
  u64,
} from "./index.ts";

const Pair = struct("pair", { small: u8, wide: u64 });

test("structs lie as C lays them out", () => {
  expect([sizeOf(Pair), Pair.align, offsetOf(Pair, "wide"), Pair.name, Object.keys(Pair.fields)]).toEqual([
    16,
    8,
    8,
    "pair",
    ["small", "wide"],
  ]);
  expect([array(Pair, 3).size, array(Pair, 3).length, array(Pair, 3).item]).toEqual([48, 3, Pair]);
});

test.each([
  ["a struct's name", () => struct("two words", { a: u8 }), "The name of a struct"],
  ["a name that is no string", () => struct(1 as never, { a: u8 }), "must be a string, not 1"],
  ["a field's name", () => struct("s", { "a-b": u8 }), '"a-b" must be letters'],
  ["a number as a field's name, which JavaScript would reorder", () => struct("s", { a: u8, 1: u8 }), '"1" must be'],
  ["__proto__", () => struct("s", { a: u8, ["__proto__"]: u8 }), "cannot be named __proto__"],
  [
    "__proto__ as a prototype",
    () => struct("s", JSON.parse("{}") && { a: u8, __proto__: u8 as never }),
    "plain object",
  ],
  ["a field that is no schema", () => struct("s", { a: 1 as never }), "struct s: the field a must be a schema"],
  ["no fields", () => struct("s", {}), "has no fields"],
  ["no object", () => struct("s", null as never), "not null"],
  ["a length of 0", () => array(u8, 0), "must be an integer from 1"],
  ["a fraction of an item", () => array(u8, 1.5), "not 1.5"],
  ["more memory than a pointer reaches", () => array(u64, 2 ** 27), "too large"],
  ["no bits", () => bits(u8, 0), "must be an integer from 1 to 8"],
  ["too many bits", () => bits(u16, 17), "must be an integer from 1 to 16"],
  ["a signed unit", () => bits(i32 as never, 3), "must be u8, u16"],
  ["a bit field by itself", () => array(bits(u8, 4) as never, 2), "cannot be a bit field"],
  ["the offset of a bit field", () => offsetOf(struct("s", { a: bits(u8, 4) }), "a"), "no offset of its own"],
  ["the offset of nothing", () => offsetOf(Pair, "other" as "wide"), 'no field "other"'],
  ["a map without a key", () => hashMap({ value: u8, maxEntries: 1 } as never), "The key of a map must be a schema"],
  ["a map without room", () => arrayMap({ value: u8, maxEntries: 0 }), "The maxEntries of a map"],
  ["flags that are none", () => hashMap({ key: u8, value: u8, maxEntries: 1, flags: -1 }), "The flags of a map"],
])("refuses %s", (_, make, message) => {
  expect(make).toThrow(message);
});

test("maps describe themselves, and work only where maps exist", () => {
  const hash = hashMap({ key: u32, value: Pair, maxEntries: 8, flags: 1 });
  expect({ ...hash }).toMatchObject({ kind: "map", type: "hash", key: u32, value: Pair, maxEntries: 8, flags: 1 });
  expect(lruHashMap({ key: u32, value: u8, maxEntries: 1 }).type).toBe("lruHash");
  const slots = [arrayMap({ value: Pair, maxEntries: 4 }), perCpuArray({ value: Pair, maxEntries: 4 })];
  expect(slots.map(({ type, key, flags }) => [type, key, flags])).toEqual([
    ["array", u32, 0],
    ["perCpuArray", u32, 0],
  ]);
  expect(() => hash.delete(1)).toThrow("delete() on a map only works in the kernel or the simulator");
  expect("delete" in (slots[0] ?? {})).toBe(false);
});

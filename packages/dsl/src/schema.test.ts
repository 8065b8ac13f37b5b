import { prefixAddress } from "@typebpf/abi";
import { expect, test } from "vitest";
import {
  array,
  arrayMap,
  bits,
  hashMap,
  i32,
  lpmTrie,
  lruHashMap,
  lruPerCpuHashMap,
  offsetOf,
  perCpuArray,
  perCpuHashMap,
  ringBuffer,
  sizeOf,
  struct,
  u8,
  u16,
  u16be,
  u32,
  u32be,
  u64,
  u64be,
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
  [
    "a flag that LRU maps do not have",
    () => lruPerCpuHashMap({ key: u8, value: u8, maxEntries: 1, flags: 1 }),
    "have 1",
  ],
  ["a ring of 5000 bytes", () => ringBuffer({ value: u8, maxEntries: 5000 }), "a power of two from 4096"],
  ["a ring smaller than a page", () => ringBuffer({ value: u8, maxEntries: 2048 }), "a power of two from 4096"],
  ["a record that never fits", () => ringBuffer({ value: array(u8, 4088), maxEntries: 4096 }), "never fits"],
  ["a record of bits", () => ringBuffer({ value: bits(u8, 1) as never, maxEntries: 4096 }), "cannot be a bit field"],
  ["a field named as a method", () => ringBuffer({ value: struct("e", { submit: u8 }), maxEntries: 4096 }), "submit"],
  ["flags of a ring", () => ringBuffer({ value: u8, maxEntries: 4096, flags: 8 }), "cannot have 8"],
  ["a trie of nothing", () => lpmTrie({ value: u8, maxEntries: 1 } as never), "The key of an lpmTrie must be a schema"],
  ["a trie with a gap in its key", () => lpmTrie({ key: u64be, value: u8, maxEntries: 1 }), "64-bit members"],
  ["a trie of native integers", () => lpmTrie({ key: u32, value: u8, maxEntries: 1 }), "cannot end in u32:"],
  ["a trie of native words", () => lpmTrie({ key: array(u32, 4), value: u8, maxEntries: 1 }), "cannot end in u32:"],
  [
    "a trie that ends in native bits",
    () => lpmTrie({ key: struct("s", { a: u32be, b: bits(u8, 4) }), value: u8, maxEntries: 1 }),
    "cannot end in bits of u8",
  ],
  ["a trie of long keys", () => lpmTrie({ key: array(u8, 257), value: u8, maxEntries: 1 }), "at most 256 bytes"],
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

test("a trie's key is a prefix length and an address without a gap", () => {
  const trie = lpmTrie({ key: u32be, value: u8, maxEntries: 1, flags: 8 });
  expect([trie.type, trie.flags, trie.key.size]).toEqual(["lpmTrie", 9, 8]);
  expect(prefixAddress(trie.key.layout)).toBe(u32be.layout);
  const zone = struct("zone", { id: u32, address: array(u8, 16) });
  for (const key of [array(u8, 256), u16be, u8, zone]) {
    expect(prefixAddress(lpmTrie<unknown, u8>({ key, value: u8, maxEntries: 1 }).key.layout)).toBe(key.layout);
  }
  expect(perCpuHashMap({ key: u32, value: u8, maxEntries: 1, flags: 1 }).flags).toBe(1);
});

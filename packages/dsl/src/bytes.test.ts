import { expect, test } from "vitest";
import { array, bytesEqual, copy, startsWith, struct, u8, u16, u16be, u32, view } from "./index.ts";

const Word = array(u8, 4);

test("bytes are compared with characters one by one", () => {
  expect(bytesEqual(Word([0x47, 0x45, 0x54, 0x20]), "GET ")).toBe(true);
  expect(bytesEqual(Word([0x47, 0x45, 0x54, 0x21]), "GET ")).toBe(false);
  expect(bytesEqual(array(u8, 2)([0xff, 0]), "\xff\0")).toBe(true);
});

test("what cannot be compared is refused", () => {
  expect(() => bytesEqual(Word(), "GET")).toThrow("cannot compare 4 bytes with 3 characters");
  expect(() => bytesEqual(array(u8, 1)(), "\u0147")).toThrow("characters below 256");
  expect(() => bytesEqual(array(u16, 1)() as never, "G")).toThrow("an array of u8");
  expect(() => bytesEqual([0x47] as never, "G")).toThrow("an array of u8");
  expect(() => bytesEqual(Word(), 4 as never)).toThrow(TypeError);
});

test("bytes start with a prefix at an offset, in views of any bytes", () => {
  const line = array(u8, 8)("GET /abc");
  expect([startsWith(line, "GET "), startsWith(line, "abc", 5), startsWith(line, [0x2f], 4)]).toEqual([
    true,
    true,
    true,
  ]);
  expect([startsWith(line, "get"), startsWith(line, line), startsWith(line, "")]).toEqual([false, true, true]);
  expect(bytesEqual(view(line, 5, array(u8, 3)), Uint8Array.of(0x61, 0x62, 0x63))).toBe(true);
  const buffer = new Uint8Array(6).subarray(1);
  view(buffer, 1, u16be).value = 0x1234;
  expect([...buffer]).toEqual([0, 0x12, 0x34, 0, 0]);
});

test("copies and views stay within the bytes", () => {
  const words = array(u16, 3)(Uint16Array.of(1, 2));
  copy(words, [7], 2);
  expect([...Array.from({ length: 3 }, (_, index) => words[index])]).toEqual([1, 2, 7]);
  const name = array(u8, 4)("ab");
  copy(name, "xyz", 1);
  expect(bytesEqual(name, "axyz")).toBe(true);
  expect(() => copy(name, "xyz", 2)).toThrow("3 at 2 do not lie within 4");
  expect(() => view(name, 1, u32)).toThrow("4 at 1 do not lie within 4");
  expect(() => startsWith(name, "a", -1)).toThrow(RangeError);
  expect(() => array(u8, 2)("abc")).toThrow("3 items do not fit an array of 2");
  expect(() => array(u16, 2)("a")).toThrow("Text fills arrays of u8");
  expect(() => array(u8, 2)("\u0147")).toThrow("characters below 256");
});

test("a copy of a struct has no padding of others", () => {
  const Padded = struct("padded", { a: u8, b: u16be });
  const bytes = array(u8, 8)([1, 2, 3, 4]);
  const place = view(bytes, 4, struct("outer", { inner: Padded }));
  bytes[5] = 9;
  place.inner = view(bytes, 0, Padded);
  expect(Array.from({ length: 8 }, (_, index) => bytes[index])).toEqual([1, 2, 3, 4, 1, 0, 3, 4]);
});

import { expect, test } from "vitest";
import { array, bytesEqual, u8, u16 } from "./index.ts";

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

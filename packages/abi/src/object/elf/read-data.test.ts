// What sections of global data may hold: contents as hex, and no more than memory has room for.
import { expect, test } from "vitest";
import type { ElfFile } from "./file.ts";
import { contentsOf, readData } from "./read-data.ts";

function fileOf(size: number): ElfFile {
  const section = { name: ".bss", type: 8, flags: 3, link: 0, info: 0, align: 8, entrySize: 0, size };
  return { bigEndian: false, sections: [{ ...section, data: new Uint8Array(0) }], symbols: [], relocations: new Map() };
}

test("contents end with the last byte that is not zero", () => {
  const bytes = new Uint8Array(10_000);
  expect(contentsOf(bytes)).toBeUndefined();
  bytes.set([1, 0xab], 5000);
  expect(contentsOf(bytes)).toBe(`${"00".repeat(5000)}01ab`);
});

test("a section that claims more memory than is given is refused", () => {
  expect(readData(fileOf(1 << 24), undefined)).toMatchObject([{ name: ".bss", size: 1 << 24 }]);
  expect(() => readData(fileOf((1 << 24) + 1), undefined)).toThrow("at most 16777216 are read");
});

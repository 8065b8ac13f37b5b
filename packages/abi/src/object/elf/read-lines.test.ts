// Lines of objects with more of them than a call takes arguments.
import { expect, test } from "vitest";
import type { ElfFile } from "./file.ts";
import { ReadExt } from "./read-lines.ts";

test("as many lines as machine-written code has", () => {
  const count = 200_000;
  const section = { name: "xdp", type: 1, flags: 6, link: 0, info: 0, align: 8, entrySize: 0, size: count * 8 };
  const file: ElfFile = {
    bigEndian: false,
    sections: [{ ...section, data: new Uint8Array(0) }],
    symbols: [],
    relocations: new Map(),
  };
  const records = Array.from({ length: count }, (_, at) => {
    return { offset: at * 8, file: "big.c", text: `line ${at + 1}`, line: at + 1, column: 1 };
  });
  const read = new ReadExt(file, { functions: [], lines: [{ name: "xdp", records }], relocations: [] }, []);
  const lines = read.linesOf({ name: "main", section: 0, start: 0, end: count * 8, role: "program" });
  expect(lines.length).toBe(count);
  const [source] = read.sources();
  expect(source?.text.endsWith(`line ${count}\n`)).toBe(true);
});

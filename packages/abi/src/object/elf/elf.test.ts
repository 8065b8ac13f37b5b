// ELF both ways: what is written is read back, with and without the section of facts; files that were changed anywhere give
// an object or one diagnostic; and what cannot be written is told.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { instruction, loadWide } from "../../isa/build.ts";
import { scalarLayouts } from "../../layout.ts";
import type { BpfObject, FunctionSpec } from "../object.ts";
import { factsSection } from "./facts.ts";
import { readFile } from "./file.ts";
import { layoutFile } from "./layout.ts";
import { objects } from "./objects.testing.ts";
import { readElf } from "./read.ts";
import { writeElf } from "./write.ts";

const exit = instruction("exit");

function readBack(bytes: Uint8Array): BpfObject {
  const read = readElf(bytes);
  if ("format" in read) return read;
  throw new DiagnosticError(read);
}

function codesOf(bytes: Uint8Array): readonly string[] | "an object" {
  const read = readElf(bytes);
  return "format" in read ? "an object" : read.map(({ code }) => code);
}

const empty: BpfObject = {
  format: 1,
  license: "GPL",
  target: { kernel: "6.1", isa: 3 },
  maps: [],
  programs: [],
  functions: [],
  sections: [],
  sources: [],
};
const leaf: FunctionSpec = { name: "leaf", insns: [exit], relocations: [], lines: [], stackBytes: 0 };

test("reading gives back what was written", () => {
  fc.assert(
    fc.property(objects, (object) => {
      expect(readBack(writeElf(object))).toEqual(object);
    }),
    { numRuns: 150 },
  );
});

/** The same file without its facts: what any other compiler's object says. */
function withoutFacts(bytes: Uint8Array): Uint8Array {
  const { sections } = readFile(bytes);
  const index = sections.findIndex(({ name }) => name === factsSection);
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const header = Number(view.getBigUint64(40, true)) + index * 64;
  // The names of sections end alike: ".BTF.ext" ends in "ext", and so a section is called.
  view.setUint32(header, view.getUint32(header, true) + 1, true);
  return copy;
}

test("without the facts, code, sizes and data are the same", () => {
  fc.assert(
    fc.property(objects, (object) => {
      const read = readBack(withoutFacts(writeElf(object)));
      const code = ({ name, insns, relocations }: FunctionSpec) => ({ name, insns, relocations });
      const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
      const core = ({ license, maps, programs, functions, sections }: BpfObject) => ({
        license,
        maps: maps.map(({ name, type, key, value, maxEntries, flags }) => {
          const record = type === "ringBuffer" ? 0 : value.size;
          return { name, type, key: key.size, value: record, maxEntries, flags };
        }),
        programs: programs.map((one) => ({ ...code(one), type: one.type, section: one.section })).sort(byName),
        functions: functions.map(code),
        sections: sections.map(({ variables, ...rest }) => {
          return { ...rest, variables: variables.map(({ name, offset, layout }) => [name, offset, layout.size]) };
        }),
      });
      expect(core(read)).toEqual(core(object));
      const lines = new Set(object.programs.flatMap((one) => one.lines.map(({ at }) => `${at.file}:${at.line}`)));
      for (const { lines: found } of read.programs)
        for (const { at } of found) expect(lines).toContain(`${at.file}:${at.line}`);
    }),
    { numRuns: 100 },
  );
});

test("changed files give an object or one diagnostic", () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  });
  const changes = fc.array(change, { minLength: 1, maxLength: 4 });
  const cut = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: 1 });
  fc.assert(
    fc.property(objects, changes, cut, (object, all, keep) => {
      const bytes = writeElf(object).slice();
      for (const { at, bytes: with_ } of all) bytes.set(with_, Math.floor(at * (bytes.length - with_.length)));
      const codes = codesOf(bytes.subarray(0, Math.ceil(bytes.length * keep)));
      if (codes !== "an object") expect(codes).toEqual([expect.stringMatching(/^BPF50/)]);
    }),
    { numRuns: 400 },
  );
});

describe("headers that are no BPF object", () => {
  const good = writeElf({ ...empty, functions: [leaf] });
  const changed = (at: number, ...bytes: number[]): Uint8Array => {
    const copy = good.slice();
    copy.set(bytes, at);
    return copy;
  };

  test.each([
    ["nothing", new Uint8Array(0), "BPF5040"],
    ["text", new TextEncoder().encode("#!/bin/sh and more than a header holds ........................"), "BPF5040"],
    ["a cut header", good.subarray(0, 40), "BPF5041"],
    ["32 bits", changed(4, 1), "BPF5040"],
    ["no byte order", changed(5, 3), "BPF5040"],
    ["the other byte order", changed(5, 2), "BPF5040"],
    ["version 0", changed(6, 0), "BPF5040"],
    ["an ABI of another system", changed(7, 3), "BPF5040"],
    ["a program", changed(16, 2), "BPF5040"],
    ["another machine", changed(18, 62), "BPF5040"],
    ["no headers", changed(40, 0, 0, 0, 0, 0, 0, 0, 0), "BPF5041"],
    ["headers behind the end", changed(40, 0xff, 0xff, 0xff), "BPF5041"],
    ["headers of 40 bytes", changed(58, 40), "BPF5041"],
    ["more sections than fit", changed(60, 0xff, 0xfe), "BPF5041"],
    ["names in no section", changed(62, 0xee), "BPF5041"],
  ])("%s", (_, bytes, code) => {
    expect(codesOf(bytes)).toEqual([code]);
  });
});

describe("sections that contradict each other", () => {
  const code = new Uint8Array(8);
  code[0] = 0x95;
  const text = { name: ".text", type: 1, flags: 6, align: 8, data: code } as const;
  const symbol = { name: "f", binding: 1, type: 2, visibility: 0, section: 1, value: 0, size: 8 };

  test.each([
    ["code without a function", [text], [], "BPF5042"],
    ["a function of half an instruction", [text], [{ ...symbol, size: 4 }], "BPF5042"],
    ["a function behind its section", [text], [{ ...symbol, value: 8 }], "BPF5042"],
    ["a relocation without room", [{ ...text, relocations: [{ offset: 0, type: 1, symbol: 0 }] }], [symbol], "BPF5043"],
    ["a relocation outside", [{ ...text, relocations: [{ offset: 8, type: 1, symbol: 0 }] }], [symbol], "BPF5041"],
    ["maps without types", [{ ...text, name: ".maps", flags: 3 }], [], "BPF5044"],
    ["a section of endless zeros", [{ ...text, name: ".bss", type: 8, flags: 3, data: 2 ** 40 }], [], "BPF5045"],
    ["two sections of one name", [0, 1].map(() => ({ ...text, name: ".data", flags: 3 })), [], "BPF5045"],
    ["types that are none", [{ ...text, name: ".BTF", flags: 0 }], [], "BPF5030"],
  ])("%s", (_, sections, symbols, expected) => {
    expect(codesOf(layoutFile({ sections, symbols }))).toEqual([expected]);
  });

  test("overlapping sections", () => {
    const bytes = writeElf({ ...empty, functions: [leaf] }).slice();
    const view = new DataView(bytes.buffer);
    const headers = Number(view.getBigUint64(40, true));
    view.setBigUint64(headers + 2 * 64 + 24, view.getBigUint64(headers + 64 + 24, true), true);
    expect(codesOf(bytes)).toEqual(["BPF5041"]);
  });
});

test.each([
  ["no JSON", "{", "it is not JSON"],
  ["too deep", "[".repeat(100_000), /JSON|deeply/],
  ["another format", '{"format":2}', "format"],
  ["no program of that name", '{"format":1,"files":[],"target":["6.1",3],"maps":[],"programs":[{"name":"x"}]}', "x"],
])("facts: %s", (_, facts, words) => {
  const data = new TextEncoder().encode(facts);
  const read = readElf(
    layoutFile({ sections: [{ name: factsSection, type: 1, flags: 0, align: 1, data }], symbols: [] }),
  );
  if ("format" in read) throw new Error("was read");
  expect(read.map(({ code }) => code)).toEqual(["BPF5046"]);
  expect(read[0]?.message).toMatch(words);
});

test.each<[string, Partial<BpfObject>]>([
  [
    "an address in a map's value",
    {
      functions: [
        { ...leaf, insns: [loadWide(1, 0n)], relocations: [{ kind: "mapValue", slot: 0, map: "m", offset: 0 }] },
      ],
    },
  ],
  [
    "a map that is not there",
    { functions: [{ ...leaf, insns: [loadWide(1, 0n)], relocations: [{ kind: "map", slot: 0, map: "m" }] }] },
  ],
  [
    "a relocation of a plain instruction",
    { functions: [{ ...leaf, relocations: [{ kind: "call", slot: 0, function: "leaf" }] }] },
  ],
  ["a section of another name", { sections: [{ name: ".init", readOnly: false, size: 4, variables: [] }] }],
  [
    "contents where zeros are",
    { sections: [{ name: ".bss", readOnly: false, size: 4, contents: "01", variables: [] }] },
  ],
  ["parts of another file", { foreign: { bigEndian: true, programs: [], maps: [], references: [] } }],
])("not written: %s", (_, change) => {
  const maps: BpfObject["maps"] = [
    { name: "other", type: "array", key: scalarLayouts.u32, value: scalarLayouts.u32, maxEntries: 1, flags: 0 },
  ];
  expect(() => writeElf({ ...empty, maps, ...change })).toThrow("BPF5047");
});

// BTF as bytes: what is encoded decodes to the same, in both byte orders; the running kernel's own does too; and no
// bytes, however damaged, are more than a diagnostic.
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Layout } from "../layout.ts";
import { btfProblem } from "./check.ts";
import { decodeBtf } from "./decode.ts";
import { encodeBtf } from "./encode.ts";
import { type BtfExt, decodeBtfExt, encodeBtfExt } from "./ext.ts";
import { formatBtf } from "./format.ts";
import { btfTypes } from "./generate.testing.ts";
import { BtfStrings } from "./strings.ts";
import { BtfLayouts } from "./to-layout.ts";
import type { Btf, BtfType } from "./types.ts";

const u32: BtfType = { kind: "int", name: "unsigned int", size: 4, bits: 32, bitOffset: 0, encoding: "unsigned" };

function decoded(bytes: Uint8Array): Btf {
  const btf = decodeBtf(bytes);
  if ("code" in btf) throw new Error(btf.message);
  return btf;
}

function refusal(types: readonly BtfType[]): string {
  const btf = decodeBtf(encodeBtf(types));
  return "code" in btf ? btf.message : "";
}

describe("types", () => {
  test("what is encoded decodes to the same, in both byte orders", () => {
    fc.assert(
      fc.property(btfTypes, fc.boolean(), (types, bigEndian) => {
        expect(decoded(encodeBtf(types, { bigEndian }))).toEqual({ types, bigEndian });
      }),
    );
  });

  test("bytes are those of the format", () => {
    const bytes = encodeBtf([
      u32,
      { kind: "struct", name: "s", size: 4, members: [{ name: "a", type: 1, bitOffset: 3, bitSize: 5 }] },
    ]);
    const words = new Uint32Array(bytes.buffer, 0, 24 / 4 + 4 + 6);
    expect([...words]).toEqual([
      0x0001_eb9f, 24, 0, 40, 40, 18, 1, 0x0100_0000, 4, 32, 14, 0x8400_0001, 4, 16, 1, 0x0500_0003,
    ]);
    expect(new TextDecoder().decode(bytes.subarray(64))).toBe("\0unsigned int\0s\0a\0");
  });

  test.skipIf(!existsSync("/sys/kernel/btf/vmlinux"))(
    "the running kernel's BTF decodes and re-encodes to the same",
    () => {
      const bytes = new Uint8Array(readFileSync("/sys/kernel/btf/vmlinux"));
      const kernel = decoded(bytes);
      expect(kernel.types.length).toBeGreaterThan(10_000);
      const again = encodeBtf(kernel.types);
      expect(decoded(again).types).toEqual(kernel.types);
      // Strings may stand in another order: all words but the names' offsets are those of the kernel.
      const view = new DataView(bytes.buffer);
      expect(new DataView(again.buffer).getUint32(12, true)).toBe(view.getUint32(12, true));
    },
  );
});

describe("hostile bytes", () => {
  test("random bytes, cut and changed ones give types or one diagnostic", () => {
    const damage = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(btfTypes, damage, fc.nat(400), (types, changes, cut) => {
        const bytes = encodeBtf(types).slice();
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const btf = decodeBtf(cut % 3 === 0 ? bytes.subarray(0, cut) : bytes);
        if ("code" in btf) {
          expect(btf.code).toBe("BPF5030");
          return;
        }
        expect(btfProblem(btf.types)).toBeUndefined();
        expect(decoded(encodeBtf(btf.types)).types).toEqual(btf.types);
        expect(formatBtf(btf.types)).toContain("#pragma once");
        const read = new BtfLayouts(btf.types);
        for (let id = 1; id <= btf.types.length; id++) expect(insideItself(read.layout(id))).toBe(true);
      }),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeBtf(bytes)));
  });

  test.each<readonly [string, readonly BtfType[], RegExp]>([
    ["a type that is not there", [{ kind: "ptr", type: 7 }], /refers to type 7 of 1/],
    [
      "a struct inside of itself",
      [{ kind: "struct", name: "s", size: 4, members: [{ name: "a", type: 1, bitOffset: 0, bitSize: 0 }] }],
      /inside of itself/,
    ],
    [
      "pointers in a circle",
      [
        { kind: "ptr", type: 2 },
        { kind: "const", type: 1 },
      ],
      /inside of itself/,
    ],
    [
      "a member outside",
      [u32, { kind: "union", name: "s", size: 2, members: [{ name: "a", type: 1, bitOffset: 0, bitSize: 0 }] }],
      /"a" lies outside/,
    ],
    ["an array of voids", [u32, { kind: "array", type: 0, index: 1, length: 1 }], /cannot refer to void/],
    ["an array of too many", [u32, { kind: "array", type: 1, index: 1, length: 0xffff_ffff }], /too large/],
    [
      "a function of no prototype",
      [u32, { kind: "func", name: "f", type: 1, linkage: "static" }],
      /cannot refer to int/,
    ],
    [
      "a pointer to a section",
      [
        { kind: "datasec", name: ".data", size: 0, variables: [] },
        { kind: "ptr", type: 1 },
      ],
      /cannot refer to datasec/,
    ],
    [
      "a deep nest",
      [u32, ...Array.from({ length: 40_000 }, (_, id): BtfType => ({ kind: "ptr", type: id + 1 }))],
      /more than 128/,
    ],
  ])("%s is told", (_, types, words) => {
    expect(refusal(types)).toMatch(words);
  });

  test("a named struct may point to itself", () => {
    expect(
      refusal([
        { kind: "ptr", type: 2 },
        { kind: "struct", name: "s", size: 8, members: [{ name: "next", type: 1, bitOffset: 0, bitSize: 0 }] },
      ]),
    ).toBe("");
  });

  test.each([
    ["unknown kinds", [1, 20 << 24, 4], /unknown kind/],
    ["names outside", [99, 1 << 24, 4, 32], /a name is at 99/],
    ["counts past the end", [1, (4 << 24) | 0xffff, 4], /over the end/],
    ["flags that a kind has not", [1, ((1 << 31) | (8 << 24)) >>> 0, 0], /flag/],
  ] as const)("%s are told", (_, words, message) => {
    const bytes = new Uint8Array(24 + words.length * 4 + 3);
    const view = new DataView(bytes.buffer);
    [0x0001_eb9f, 24, 0, words.length * 4, words.length * 4, 3, ...words].forEach((word, index) => {
      view.setUint32(index * 4, word, true);
    });
    bytes[bytes.length - 2] = 97;
    const btf = decodeBtf(bytes);
    expect("code" in btf && btf.message).toMatch(message);
  });
});

/** No field lies outside of its struct. */
function insideItself(layout: Layout | undefined): boolean {
  if (layout?.kind !== "struct") return true;
  return layout.fields.every((one) => one.offset + one.layout.size <= layout.size && insideItself(one.layout));
}

const text = fc.string({ maxLength: 12 }).map((one) => one.replaceAll("\0", ""));
const word = fc.nat(0xffff_ffff);
const sections = <T>(record: fc.Arbitrary<T>) =>
  fc.array(fc.record({ name: text, records: fc.array(record, { minLength: 1, maxLength: 4 }) }), { maxLength: 3 });
const ext: fc.Arbitrary<BtfExt> = fc.record({
  functions: sections(fc.record({ offset: word, type: word })),
  lines: sections(fc.record({ offset: word, file: text, text, line: fc.nat(0x3f_ffff), column: fc.nat(0x3ff) })),
  relocations: sections(fc.record({ offset: word, type: word, access: text, kind: word })),
});

describe("the extension", () => {
  test("what is encoded decodes to the same", () => {
    fc.assert(
      fc.property(btfTypes, ext, fc.boolean(), (types, records, bigEndian) => {
        const strings = new BtfStrings();
        const bytes = encodeBtfExt(records, strings, bigEndian);
        const btf = encodeBtf(types, { strings, bigEndian });
        expect(decodeBtfExt(bytes, btf)).toEqual(records);
        expect(decoded(btf).types).toEqual(types);
      }),
    );
  });

  test("changed bytes give records or one diagnostic", () => {
    const damage = fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(ext, damage, fc.nat(120), (records, changes, cut) => {
        const strings = new BtfStrings();
        const bytes = encodeBtfExt(records, strings).slice();
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const found = decodeBtfExt(cut % 3 === 0 ? bytes.subarray(0, cut) : bytes, encodeBtf([], { strings }));
        if ("code" in found) expect(found.code).toBe("BPF5030");
      }),
      { numRuns: 1000 },
    );
  });
});

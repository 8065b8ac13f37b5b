// Layouts as BTF and back.
import fc from "fast-check";
import { expect, test } from "vitest";
import { arrayLayout, type Layout, scalarLayouts, structLayout } from "../layout.ts";
import { BtfBuilder } from "./build.ts";
import { btfProblem } from "./check.ts";
import { layoutType } from "./from-layout.ts";
import { layouts } from "./generate.testing.ts";
import { alignOfBtf, sizeOfBtf } from "./size.ts";
import { BtfLayouts } from "./to-layout.ts";
import type { BtfType } from "./types.ts";

const { u8, u16, u32, u32be } = scalarLayouts;

function written(layout: Layout): { readonly types: readonly BtfType[]; readonly id: number } {
  const builder = new BtfBuilder();
  const id = layoutType(builder, layout);
  return { types: builder.types, id };
}

test("what is written is read again, and has its size and alignment", () => {
  fc.assert(
    fc.property(layouts, (layout) => {
      const { types, id } = written(layout);
      expect(btfProblem(types)).toBeUndefined();
      expect(new BtfLayouts(types).layout(id)).toEqual(layout);
      expect([sizeOfBtf(types, id), alignOfBtf(types, id)]).toEqual([layout.size, layout.align]);
    }),
    { numRuns: 500 },
  );
});

test("integers have the kernel's names, and those in network byte order are known by theirs", () => {
  expect(written(u32be).types).toEqual([
    { kind: "int", name: "unsigned int", size: 4, bits: 32, bitOffset: 0, encoding: "unsigned" },
    { kind: "typedef", name: "__u32", type: 1 },
    { kind: "typedef", name: "__be32", type: 2 },
  ]);
});

const read = (...types: readonly BtfType[]): Layout | undefined => new BtfLayouts(types).layout(types.length);
const [int, short, char] = written(structLayout("s", { a: u32, b: u16, c: u8 })).types.filter(
  (type) => type.kind === "int",
) as [BtfType, BtfType, BtfType];

test("what C has and layouts have not", () => {
  const inner: BtfType = {
    kind: "struct",
    name: "",
    size: 4,
    members: [{ name: "x", type: 1, bitOffset: 0, bitSize: 0 }],
  };
  const outer: BtfType = {
    kind: "struct",
    name: "o",
    size: 8,
    members: [
      { name: "a", type: 1, bitOffset: 0, bitSize: 0 },
      { name: "", type: 2, bitOffset: 32, bitSize: 0 },
    ],
  };
  expect(read(int, inner, outer)).toEqual(structLayout("o", { a: u32, x: u32 }));
  expect(read(int, inner, { kind: "typedef", name: "t", type: 2 })).toEqual(structLayout("t", { x: u32 }));
  expect(read(int, { kind: "ptr", type: 1 })).toEqual(scalarLayouts.u64);
  expect(read({ kind: "enum", name: "e", size: 4, signed: true, values: [] })).toEqual(scalarLayouts.i32);
  expect(read({ kind: "float", name: "double", size: 8 })).toEqual(arrayLayout(u8, 8));
  const crossing: BtfType = {
    kind: "struct",
    name: "p",
    size: 2,
    members: [{ name: "a", type: 1, bitOffset: 5, bitSize: 6 }],
  };
  expect(read(char, crossing)).toEqual(arrayLayout(u8, 2));
  expect(read({ kind: "fwd", name: "f", of: "struct" })).toBeUndefined();
  const packed: BtfType = {
    kind: "struct",
    name: "p",
    size: 3,
    members: [{ name: "a", type: 1, bitOffset: 8, bitSize: 0 }],
  };
  expect(read(short, packed)).toEqual({
    kind: "struct",
    name: "p",
    size: 3,
    align: 1,
    fields: [{ name: "a", offset: 1, layout: u16 }],
  });
});

test("types that share their parts do not grow without end", () => {
  const types: BtfType[] = [char];
  for (let depth = 0; depth < 30; depth++) {
    const member = (name: string, at: number) => ({
      name,
      type: depth + 1,
      bitOffset: at * 8 * 2 ** depth,
      bitSize: 0,
    });
    types.push({
      kind: "struct",
      name: `s${depth}`,
      size: 2 ** (depth + 1),
      members: [member("a", 0), member("b", 1)],
    });
  }
  expect(btfProblem(types)).toBeUndefined();
  const started = new BtfLayouts(types).layout(types.length);
  expect(started?.size).toBe(2 ** 30);
  expect(alignOfBtf(types, types.length)).toBe(1);
});

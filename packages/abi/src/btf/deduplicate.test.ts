import fc from "fast-check";
import { expect, test } from "vitest";
import { btfProblem } from "./check.ts";
import { deduplicateBtf } from "./deduplicate.ts";
import { formatBtf } from "./format.ts";
import { btfTypes } from "./generate.testing.ts";
import { withReferences } from "./references.ts";
import type { BtfType } from "./types.ts";

/** The same types a second time, behind the first. */
function twice(types: readonly BtfType[]): readonly BtfType[] {
  return [...types, ...types.map((type) => withReferences(type, (id) => (id === 0 ? 0 : id + types.length)))];
}

test("types that come twice are there once, and ids lead to the same type", () => {
  fc.assert(
    fc.property(btfTypes, (types) => {
      const once = deduplicateBtf(types);
      const again = deduplicateBtf(twice(types));
      expect(again.types).toEqual(once.types);
      expect(again.ids).toEqual([...once.ids, ...once.ids.slice(1)]);
      expect(btfProblem(once.types)).toBeUndefined();
      expect(deduplicateBtf(once.types).types).toEqual(once.types);
      for (const [index, type] of types.entries()) {
        const mapped = once.types[(once.ids[index + 1] ?? 0) - 1];
        if (type.kind === "fwd") expect([type.kind, type.of]).toContain(mapped?.kind);
        else expect(mapped).toEqual(withReferences(type, (id) => once.ids[id] ?? 0));
      }
    }),
    { numRuns: 500 },
  );
});

const int: BtfType = { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" };
const list = (next: number): readonly BtfType[] => [
  { kind: "ptr", type: next },
  { kind: "struct", name: "list", size: 8, members: [{ name: "next", type: next - 1, bitOffset: 0, bitSize: 0 }] },
];

test("structs that point to themselves are equal where their shapes are", () => {
  const { types, ids } = deduplicateBtf([...list(2), ...list(4)]);
  expect(types).toEqual(list(2));
  expect(ids).toEqual([0, 1, 2, 1, 2]);
});

test("a declaration becomes the only definition, but none of two", () => {
  const fwd: BtfType = { kind: "fwd", name: "s", of: "struct" };
  const definition = (name: string): BtfType => ({
    kind: "struct",
    name: "s",
    size: 4,
    members: [{ name, type: 1, bitOffset: 0, bitSize: 0 }],
  });
  const one = deduplicateBtf([int, fwd, { kind: "ptr", type: 2 }, definition("a"), { kind: "ptr", type: 4 }]);
  expect(one.types).toEqual([int, { kind: "ptr", type: 3 }, definition("a")]);
  expect(one.ids).toEqual([0, 1, 3, 2, 3, 2]);
  expect(deduplicateBtf([int, fwd, { kind: "ptr", type: 2 }, definition("a"), definition("b")]).types).toHaveLength(5);
});

test("random types print as C without end or fault", () => {
  fc.assert(
    fc.property(btfTypes, (types) => {
      expect(formatBtf(types)).toContain("#pragma once");
    }),
    { numRuns: 500 },
  );
});

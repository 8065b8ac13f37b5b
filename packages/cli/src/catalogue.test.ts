// The catalogues of all packages together: codes are unique, belong to a family, and have a page worth reading.
import { describe, expect, test } from "vitest";
import { catalogue, families, familyOf } from "./catalogue.ts";
import { exampleOf } from "./explain/example.ts";

describe("the catalogue", () => {
  test("no code is used twice", () => {
    const codes = catalogue.map(({ row }) => row.code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
    expect(new Set(catalogue.map((one) => one.package)).size).toBe(4);
  });

  test("each entry belongs to one family", () => {
    expect(families.flatMap(([digit]) => familyOf(digit))).toEqual(catalogue);
  });

  test.each(catalogue.map(({ row }) => [row.code, row] as const))("%s has a page", (code, row) => {
    expect(code).toMatch(/^BPF[1-6]\d{3}$/);
    for (const text of [row.title, row.explain, row.help]) expect(text.trim().length).toBeGreaterThan(2);
    expect(row.title).not.toMatch(/\.$/);
  });

  test("what the compiler refuses has an example", () => {
    const missing = catalogue.filter(({ row }) => /^BPF[12]/.test(row.code) && exampleOf(row.code) === undefined);
    expect(missing.map(({ row }) => row.code)).toEqual(["BPF1002", "BPF1003", "BPF1015", "BPF1999", "BPF2105"]);
  });
});

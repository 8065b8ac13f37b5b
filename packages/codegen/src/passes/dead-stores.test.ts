// The pass on texts: what it removes, and what keeps a store alive.
import { expect, test } from "vitest";
import { checkFunction } from "../ir/check.ts";
import { parseModule } from "../ir/parse.ts";
import { printFunction } from "../ir/print.ts";
import { removeDeadStores } from "./dead-stores.ts";

/** The body after the pass, of a block that has a record of 24 bytes in v3 and another in v4, and integers in v1, v2. */
function after(...body: readonly string[]): readonly string[] {
  const text = [
    "function f failure 0",
    "b0(v0: ptr.context):",
    "  v1: i64 = const 24",
    "  v2: i64 = const 0",
    '  v9: ptr.map = map "m"',
    "  v3: ptr.record = call ringbufReserve v9 v1 v2",
    "  v4: ptr.record = call ringbufReserve v9 v1 v2",
    ...body.map((line) => `  ${line}`),
    "  return v2",
    "",
  ].join("\n");
  const [fn] = parseModule(text).functions;
  if (!fn) throw new Error("no function");
  const done = removeDeadStores(fn);
  expect(checkFunction(done)).toEqual([]);
  return printFunction(done)
    .split("\n")
    .slice(7, -2)
    .map((line) => line.trim());
}

const submit = "v20: i64 = call ringbufSubmit v3 v2";

test("zeros that are all written again are gone; what is left is zeroed in few stores", () => {
  const stores = ["store8 v3 v1 +0", "store8 v3 v1 +8", "store8 v3 v1 +16"];
  expect(after("zero 24 v3 +0", ...stores, submit)).toEqual([...stores, submit]);
  expect(after("zero 24 v3 +0", "store8 v3 v1 +8", submit)).toEqual([
    "zero 8 v3 +0",
    "zero 8 v3 +16",
    "store8 v3 v1 +8",
    submit,
  ]);
  expect(after("zero 24 v3 +0", "store8 v3 v1 +0", "store2 v3 v1 +9", "store8 v3 v1 +12", submit)[0]).toBe(
    "zero 4 v3 +8",
  );
  expect(after("zero 23 v3 +0", "store8 v3 v1 +0", "store8 v3 v1 +8", "store4 v3 v1 +16", submit).slice(0, 2)).toEqual([
    "zero 2 v3 +20",
    "zero 1 v3 +22",
  ]);
});

test("a store that a later one hides is gone, also through another pointer to the record", () => {
  expect(after("store4 v3 v1 +8", "store8 v3 v2 +8", submit)).toEqual(["store8 v3 v2 +8", submit]);
  const address = ["v5: i64 = const 8", "v6: ptr.record = ptradd v3 v5"];
  expect(after("store4 v3 v1 +8", ...address, "store8 v6 v2 +0", submit)).toEqual([
    ...address,
    "store8 v6 v2 +0",
    submit,
  ]);
});

test.each([
  ["a load", "v7: i64 = load4 v3 +0"],
  ["a load at another pointer", "v7: i64 = load4 v4 +0"],
  ["an atomic", "atomic8 add v3 v1 +0"],
  ["a helper that is given it", submit],
  ["a copy from it", "copy 8 v4 v3 +0 +0"],
])("what %s reads stays", (_, read) => {
  const body = ["store8 v3 v1 +0", read, ...(read === submit ? [] : ["store8 v3 v2 +0", submit])];
  expect(after(...body)).toEqual(body);
});

test("the other record, and a store at an index, hide nothing", () => {
  const other = ["store8 v3 v1 +0", "store8 v4 v1 +0", submit];
  expect(after(...other)).toEqual(other);
  const indexed = [
    "v5: i64 = load4 v0 +12",
    "store1 v3 v1 +0",
    "v6: ptr.record = ptradd v3 v5",
    "store8 v6 v1 +0",
    submit,
  ];
  expect(after(...indexed)).toEqual(indexed);
});

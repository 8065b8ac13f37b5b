// Which slots share memory and which do not, on texts; and that the checker finds places that are wrong.
import { expect, test } from "vitest";
import { checkFunction } from "../ir/check.ts";
import type { IrFunction } from "../ir/function.ts";
import { parseModule } from "../ir/parse.ts";
import { shareSlots, stackBytes } from "./share-slots.ts";
import { checkSharing } from "./share-slots-check.ts";

function functionOf(sizes: readonly number[], body: string): IrFunction {
  const slots = sizes.map((size, id) => `slot s${id} size ${size} align 8 "part${id}"\n`).join("");
  const opening = "b0(v0: ptr.context):\n  v1: i64 = load4 v0 +12\n  v2: i64 = const 0\n";
  const [fn] = parseModule(`function f failure 0\n${slots}${opening}${body}`).functions;
  if (!fn) throw new Error("no function");
  expect(checkFunction(fn)).toEqual([]);
  return fn;
}

/** Bytes of the function once everything that can be shared is. */
function sharedBytes(fn: IrFunction): number {
  const shared = shareSlots(fn, 0);
  expect(checkFunction(shared)).toEqual([]);
  return stackBytes(shared);
}

const one = "  v3: ptr.stack = slot s0\n  store8 v3 v1 +0\n  v4: i64 = load8 v3 +0\n";
const two = "  v5: ptr.stack = slot s1\n  store8 v5 v1 +0\n  v6: i64 = load8 v5 +0\n";
const end = "  return v2\n";

test("what is needed one after the other shares memory; what is needed together does not", () => {
  expect(sharedBytes(functionOf([16, 24], one + two + end))).toBe(24);
  expect(sharedBytes(functionOf([16, 24], `${one}${two}  v7: i64 = load8 v3 +8\n${end}`))).toBe(40);
  expect(stackBytes(shareSlots(functionOf([16, 24], one + two + end)))).toBe(40);
});

test("a pointer made from another keeps the memory, through sums and paths too", () => {
  const sum = "  v7: ptr.stack = ptradd v3 v1\n";
  expect(sharedBytes(functionOf([16, 16], `${one}${sum}${two}  store1 v7 v1 +0\n${end}`))).toBe(32);
  const paths = `${one}  branch ne64 v1 v2 b1() b2(v3)\nb1():\n${two}  jump b2(v5)\nb2(v8: ptr.stack):\n`;
  expect(sharedBytes(functionOf([16, 16], `${paths}  store8 v8 v1 +0\n${end}`))).toBe(32);
  expect(sharedBytes(functionOf([16, 16], `${paths}${end}`))).toBe(16);
});

test("two small ones lie beside each other in the place of a large one", () => {
  const small = (id: number, value: number): string => `  v${value}: ptr.stack = slot s${id}\n  zero 16 v${value} +0\n`;
  const both = `${one}${small(1, 10)}${small(2, 11)}  v12: i64 = load8 v10 +0\n  v13: i64 = load8 v11 +0\n${end}`;
  expect(sharedBytes(functionOf([40, 16, 16], both))).toBe(40);
});

test("what a loop keeps for its next iteration keeps its memory", () => {
  const loop = (kept: string): string => `${one}  jump b1(v3)
b1(v8: ptr.stack):
  v9: i64 = load8 v8 +0
${two}  branch ne64 v6 v2 b1(${kept}) b2()
b2():
${end}`;
  expect(sharedBytes(functionOf([8, 8], loop("v5")))).toBe(16);
  expect(sharedBytes(functionOf([8, 8], loop("v8")))).toBe(16);
});

test("a slot whose address is stored lives everywhere", () => {
  const stored = `  v10: ptr.stack = slot s2\n  store8 v10 v3 +0\n`;
  expect(sharedBytes(functionOf([16, 16, 8], one + stored + two + end))).toBe(40 - 8);
  expect(sharedBytes(functionOf([16, 16, 8], one + two + end))).toBe(16);
});

test("the checker refuses places that meet", () => {
  const places = new Map([
    [0, { host: 0, offset: 0 }],
    [1, { host: 0, offset: 8 }],
  ]);
  const late = functionOf([16, 8], `${one}${two}  v7: i64 = load8 v3 +8\n${end}`);
  expect(checkSharing(late, places)).toBe("slot 0 of f is used when its bytes are another's");
  expect(checkSharing(functionOf([16, 8], one + two + end), places)).toBeUndefined();
  const loop = `${one}  jump b1()\nb1():\n  v9: i64 = load8 v3 +8\n${two}  branch ne64 v6 v2 b1() b2()\nb2():\n${end}`;
  expect(checkSharing(functionOf([16, 8], loop), places)).toBe("slot 0 of f is used when its bytes are another's");
});

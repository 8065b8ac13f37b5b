import { expect, test } from "vitest";
import { mergeCongruent } from "./congruence.ts";
import { parseModule } from "./parse.ts";

/** How many loads are left between the lines of a function with a slot, a packet pointer v1 and a map value v2. */
function loads(body: string): number {
  const [fn] = parseModule(`function f failure 0
slot s0 size 16 align 8 "x"
slot s1 size 16 align 8 "y"
b0(v0: ptr.context):
  v1: ptr.packet = load4 v0 +0
  v3: ptr.stack = slot s0
  v4: ptr.stack = slot s1
  v5: i64 = const 300
  v6: i64 = load4 v0 +12
  v7: ptr.packet = ptradd v1 v6
${body
  .trim()
  .split("\n")
  .map((line) => `  ${line.trim()}`)
  .join("\n")}
  return v5
`).functions;
  if (!fn) throw new Error("no function");
  const left = mergeCongruent(fn).blocks.flatMap((block) => block.insts);
  return left.filter((inst) => inst.op === "load" && inst.type === "i64").length - 1;
}

test.each([
  ["the same bytes twice", "v10: i64 = load4 v3 +0 \n v11: i64 = load4 v3 +0", 1],
  ["another size", "v10: i64 = load4 v3 +0 \n v11: i64 = load2 v3 +0", 2],
  ["another sign", "v10: i64 = load4 v3 +0 \n v11: i64 = loads4 v3 +0", 2],
  ["a store between", "v10: i64 = load4 v3 +0 \n store1 v3 v6 +3 \n v11: i64 = load4 v3 +0", 2],
  ["a store beside it", "v10: i64 = load4 v3 +0 \n store4 v3 v6 +4 \n v11: i64 = load4 v3 +0", 1],
  ["zeroing between", "v10: i64 = load4 v3 +4 \n zero 16 v3 +0 \n v11: i64 = load4 v3 +4", 2],
  ["a copy between", "v10: i64 = load4 v3 +4 \n copy 8 v3 v1 +0 +0 \n v11: i64 = load4 v3 +4", 2],
  ["a store to another slot", "v10: i64 = load4 v3 +0 \n store4 v4 v6 +0 \n v11: i64 = load4 v3 +0", 1],
  ["a store into the packet", "v10: i64 = load4 v3 +0 \n store4 v1 v6 +0 \n v11: i64 = load4 v3 +0", 1],
  ["a store elsewhere in the packet", "v10: i64 = load4 v1 +0 \n store4 v7 v6 +0 \n v11: i64 = load4 v1 +0", 2],
  [
    "a helper that moves the packet",
    "v10: i64 = load4 v1 +0 \n v12: i64 = call xdpAdjustHead v0 v5 \n v11: i64 = load4 v1 +0",
    2,
  ],
  ["a helper that does not", "v10: i64 = load4 v1 +0 \n v12: i64 = call ktimeGetNs \n v11: i64 = load4 v1 +0", 1],
  [
    "a helper that fills the slot",
    "v10: i64 = load4 v3 +0 \n v12: i64 = call xdpLoadBytes v0 v5 v3 v5 \n v11: i64 = load4 v3 +0",
    2,
  ],
  ["what was stored", "store8 v3 v6 +0 \n v10: i64 = load8 v3 +0", 0],
  ["what was stored and cut off", "store1 v3 v5 +0 \n v10: i64 = load1 v3 +0", 1],
])("%s", (_, body, expected) => {
  expect(loads(body)).toBe(expected);
});

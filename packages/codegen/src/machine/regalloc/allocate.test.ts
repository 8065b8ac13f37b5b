import { expect, test } from "vitest";
import { parseModule } from "../../ir/parse.ts";
import { printMirInst } from "../print.ts";
import { select } from "../select.ts";
import { allocate } from "./allocate.ts";
import { checkAllocation } from "./check.ts";

function allocated(text: string, registers = 10): readonly string[] {
  const [fn] = parseModule(text).functions;
  if (!fn) throw new Error("no function");
  const { mir } = select(fn, 3);
  const { mir: physical, blocks } = allocate(mir, registers);
  expect(checkAllocation(mir, blocks)).toEqual([]);
  return physical.blocks.flatMap(({ insts }) => insts.map(printMirInst));
}

// v5 is needed least of what lives over the calls.
const checked = (compare: string) => `function f failure 0
b0(v0: ptr.context):
  v1: i64 = load8 v0 +0
  v2: i64 = load8 v0 +8
  v3: i64 = load8 v0 +16
  v4: i64 = load8 v0 +24
  v5: i64 = load8 v0 +32
  v6: i64 = call ktimeGetNs
  v7: i64 = mul64 v1 v2
  v8: i64 = mul64 v7 v3
  v9: i64 = mul64 v8 v4
  store8 v0 v9 +40
  v10: i64 = call ktimeGetNs
  v11: i64 = xor64 v1 v2
  v12: i64 = xor64 v11 v3
  v13: i64 = xor64 v12 v4
  store8 v0 v13 +48
  v14: i64 = const ${compare === "ne64" ? 0 : 1000}
  branch ${compare} v5 v14 b1() b2()
b1():
  return v1
b2():
  v15: i64 = call ktimeGetNs
  store8 v0 v5 +56
  v16: i64 = mul64 v2 v2
  v17: i64 = add64 v16 v3
  v18: i64 = add64 v17 v4
  v19: i64 = add64 v18 v1
  return v19
`;

/** Stores to spill slots of a register that was copied just before. */
function named(code: readonly string[]): readonly string[] {
  return code.filter((line, index) => {
    const [, source] = /^stx_u64 r10 (r\d) s\d/.exec(line) ?? [];
    return source !== undefined && new RegExp(`^mov64_reg r\\d ${source}$`).test(code[index - 1] ?? "");
  });
}

test("an integer that a branch checks is copied before it is stored, so that old verifiers know it again", () => {
  expect(named(allocated(checked("ugt64")))).toHaveLength(1);
});

test("a comparison with zero needs no such copy", () => {
  const code = allocated(checked("ne64"));
  expect(code.filter((line) => line.startsWith("stx_u64 r10"))).not.toEqual([]);
  expect(named(code)).toEqual([]);
});

test("the context lives in r6 where it is needed after a call", () => {
  const code = allocated(`function f failure 0
b0(v0: ptr.context):
  v1: i64 = load4 v0 +12
  v2: i64 = call ktimeGetNs
  v3: i64 = load4 v0 +16
  v4: i64 = add64 v1 v3
  return v4
`);
  expect(code[0]).toBe("mov64_reg r6 r1");
});

test("arguments and results of calls need no copies where nothing else is live", () => {
  expect(
    allocated(`function f failure 0
slot s0 size 8 align 8 "key"
b0(v0: ptr.context):
  v1: ptr.stack = slot s0
  zero 8 v1 +0
  v2: ptr.map = map "m"
  v3: i64 = const 1
  v4: i64 = call mapUpdateElem v2 v1 v1 v3
  return v4
`),
  ).toEqual([
    "st_u64 r10 s0 +0 #0",
    "lddw_map_fd r1 m",
    "frame_address r2 s0 +0",
    "frame_address r3 s0 +0",
    "mov64_imm r4 #1",
    "call_helper #2 args 4",
  ]);
});

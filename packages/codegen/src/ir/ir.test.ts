import { describe, expect, test } from "vitest";
import { checkFunction } from "./check.ts";
import { type InterpreterHost, interpret } from "./interpret.ts";
import { parseModule } from "./parse.ts";
import { printModule } from "./print.ts";

const sample = `function sample failure 0
slot s0 size 8 align 8 "counter key"
b0(v0: ptr.context):
  v1: ptr.packet = load4 v0 +0
  v2: ptr.packetEnd = load4 v0 +4
  v3: i64 = const 14
  v4: ptr.packet = ptradd v1 v3
  branch ugt64 v4 v2 b1() b2(v1)
b1():
  v5: i64 = const 1
  return v5
b2(v6: ptr.packet):
  v7: i64 = loads2 v6 +12
  v8: i64 = swap16 v7
  v9: ptr.stack = slot s0
  store4 v9 v8 +0
  zero 4 v9 +4
  copy 4 v9 v6 +0 +2
  v10: ptr.map = map "counters"
  v11: ptr.mapValue = call mapLookupElem v10 v9
  atomic8 add v11 v8 +0
  v12: i64 = atomic4 xchg v11 v8 -4
  assert v8 safe
  assert v8 index 16
  assert v8 fits u8 "flow.proto"
  assert v8 within -1 5 "the offset"
  assert v8 nonzero "%"
  v13: i64 = sub32 v12 v8
  jump b3(v13)
b3(v14: i64):
  return v14
`;

function first(text: string) {
  const [fn] = parseModule(text).functions;
  if (!fn) throw new Error("no function");
  return fn;
}

const noMemory: InterpreterHost = {
  allocate: () => 0x1000n,
  load: () => 0n,
  store: () => {},
  loadContext: () => 0n,
  map: () => 1n,
  call: () => 0n,
};

describe("IR text", () => {
  test("prints what it parses, for every kind of instruction", () => {
    expect(printModule(parseModule(sample))).toBe(sample);
  });
  test("the sample is well formed", () => {
    expect(checkFunction(first(sample))).toEqual([]);
  });
  test("a wrong line is named", () => {
    expect(() => parseModule(sample.replace("swap16", "swap17"))).toThrow("line 14: unknown operation swap17");
  });
});

describe("checker", () => {
  test.each([
    ["a value that is not defined on all paths", ["return v5", "return v7"], "v7 is used before it is defined"],
    ["a second definition", ["v8: i64 = swap16", "v7: i64 = swap16"], "v7 is defined twice"],
    ["a pointer in arithmetic", ["sub32 v12 v8", "sub32 v11 v8"], "argument 0 is a pointer"],
    ["a load from an integer", ["store4 v9 v8", "store4 v8 v8"], "argument 0 is not a pointer"],
    ["missing block arguments", ["jump b3(v13)", "jump b3()"], "b3 takes 1 values, 0 are passed"],
    ["an argument of another type", ["jump b3(v13)", "jump b3(v9)"], "v14 is i64, v9 is ptr.stack"],
    ["an unknown block", ["jump b3(v13)", "jump b9()"], "b9 does not exist"],
    ["an unknown slot", ["slot s0\n", "slot s1\n"], "slot 1 does not exist"],
  ])("finds %s", (_, [from, to], message) => {
    expect(checkFunction(first(sample.replace(from ?? "", to ?? ""))).join("\n")).toContain(message);
  });
});

describe("interpreter", () => {
  const loop = `function sum failure 0
b0(v0: ptr.context):
  v1: i64 = const 0
  v2: i64 = const 10
  v3: i64 = const 1
  jump b1(v1, v1)
b1(v4: i64, v5: i64):
  branch ult64 v4 v2 b2() b3()
b2():
  v6: i64 = add64 v5 v4
  v7: i64 = add64 v4 v3
  jump b1(v7, v6)
b3():
  return v5
`;
  test("runs a loop with block parameters passed in parallel", () => {
    expect(interpret(first(loop), noMemory, 0n).result).toBe(45n);
  });
  test("stops a program that does not end", () => {
    expect(() => interpret(first(loop.replace("const 1\n", "const 0\n")), noMemory, 0n, 1000)).toThrow(
      "more than 1000",
    );
  });
});

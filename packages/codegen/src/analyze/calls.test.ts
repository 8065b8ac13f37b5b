// Functions that are not inlined: what is known of their parameters and results, parameters on the stack, and their
// alignment; bodies of loops as callbacks.
import { describe, expect, test } from "vitest";
import type { IrFunction } from "../ir/function.ts";
import { parseModule } from "../ir/parse.ts";
import { printFunction } from "../ir/print.ts";
import { computeRanges } from "../ir/ranges.ts";
import { alignParameters } from "./alignment.ts";
import { outlineCallbacks } from "./callbacks.ts";
import { checkReadOnly } from "./read-only.ts";
import { inferSignatures } from "./signatures.ts";
import { passOnStack } from "./stack-arguments.ts";

function functionsOf(text: string): readonly IrFunction[] {
  return parseModule(text).functions;
}

function named(functions: readonly IrFunction[], name: string): IrFunction {
  const found = functions.find((fn) => fn.name === name);
  if (!found) throw new Error(`no function ${name}`);
  return found;
}

const calls = (body: string): string => `
function main failure 0
b0(v0: ptr.context):
${body}
function helper failure 0 subprogram
b0(v0: i64, v1: i64):
  v2: i64 = add64 v0 v1
  return v2
function idle failure 0 subprogram
b0(v0: i64):
  return v0
`;

describe("signatures", () => {
  const two = functionsOf(
    calls(`  v1: i64 = const 3
  v2: i64 = const 10
  v3: i64 = invoke "helper" v1 v2
  v4: i64 = const 200
  v5: i64 = invoke "helper" v4 v2
  v6: i64 = add64 v3 v5
  return v6`),
  );

  test("parameters are what any call passes", () => {
    const [first, second] = named(inferSignatures(two), "helper").blocks[0]?.params ?? [];
    expect([first?.known?.range.smin, first?.known?.range.smax]).toEqual([3n, 200n]);
    expect([second?.known?.range.smin, second?.known?.range.smax]).toEqual([10n, 10n]);
  });

  test("calls know what the function gives, over all calls", () => {
    const found = named(inferSignatures(two), "main").blocks[0]?.insts.filter((inst) => inst.op === "invoke");
    expect(found?.map((inst) => "known" in inst && [inst.known?.range.smin, inst.known?.range.smax])).toEqual([
      [13n, 210n],
      [13n, 210n],
    ]);
  });

  test("functions that nobody calls are gone", () => {
    expect(inferSignatures(two).map((fn) => fn.name)).toEqual(["main", "helper"]);
  });
});

describe("more than five parameters", () => {
  const params = ["v0", "v1", "v2", "v3", "v4", "v5", "v6"];
  const long = passOnStack(
    functionsOf(`
function main failure 0
b0(v0: ptr.context):
${params.map((_, index) => `  v${index + 1}: i64 = const ${index}`).join("\n")}
  v8: i64 = invoke "seven" v1 v2 v3 v4 v5 v6 v7
  return v8
function seven failure 0 subprogram
b0(${params.map((param) => `${param}: i64`).join(", ")}):
  v7: i64 = sub64 v4 v6
  return v7
`),
  );

  test("four stay in registers, the others lie in the caller's frame in order", () => {
    const { slots, blocks } = named(long, "main");
    expect(slots.map(({ size, align }) => [size, align])).toEqual([[24, 8]]);
    const stores = blocks[0]?.insts.filter((inst) => inst.op === "store");
    expect(stores?.map((inst) => inst.op === "store" && [inst.offset, inst.args[1]])).toEqual([
      [0, 5],
      [8, 6],
      [16, 7],
    ]);
    const [entry] = named(long, "seven").blocks;
    expect(entry?.params.map(({ type }) => type)).toEqual(["i64", "i64", "i64", "i64", "ptr.stack"]);
    const loads = entry?.insts.filter((inst) => inst.op === "load");
    expect(loads?.map((inst) => inst.op === "load" && [inst.offset, inst.result])).toEqual([
      [0, 4],
      [8, 5],
      [16, 6],
    ]);
  });

  test("with five nothing changes", () => {
    const functions = functionsOf(calls("  v1: i64 = const 1\n  return v1"));
    expect(passOnStack(functions)).toBe(functions);
  });
});

describe("alignment of parameters", () => {
  const passing = (offset: number): readonly IrFunction[] =>
    alignParameters(
      functionsOf(`
function main failure 0
slot s0 size 24 align 8 "kept"
b0(v0: ptr.context):
  v1: ptr.stack = slot s0
  v2: i64 = const ${offset}
  v3: ptr.stack = ptradd v1 v2
  v4: i64 = invoke "outer" v3
  v5: i64 = invoke "outer" v1
  return v4
function outer failure 0 subprogram
b0(v0: ptr.stack):
  v1: i64 = const 8
  v2: ptr.stack = ptradd v0 v1
  v3: i64 = invoke "inner" v2
  return v3
function inner failure 0 subprogram
b0(v0: ptr.stack):
  v1: i64 = load8 v0 +0
  return v1
`),
    );
  const alignedOf = (functions: readonly IrFunction[]): unknown =>
    ["outer", "inner"].map((name) => named(functions, name).blocks[0]?.params[0]?.aligned);

  test("is known where all calls agree, through functions", () => expect(alignedOf(passing(16))).toEqual([true, true]));
  test("is not where one does not", () => expect(alignedOf(passing(4))).toEqual([undefined, undefined]));
});

describe("callbacks", () => {
  const text = `
function main failure 0
b0(v0: ptr.context):
  v1: i64 = const 0
  v2: i64 = const 100
  v3: i64 = const 7
  v9: i64 = load4 v0 +0
  jump b1(v1, v3)
b1(v4: i64, v5: i64):
  branch slt64 v4 v2 b2() b3()
b2():
  v6: i64 = add64 v5 v9
  v7: i64 = const 1
  v8: i64 = add64 v4 v7
  jump b1(v8, v6)
b3():
  return v5
`;
  const marked = functionsOf(text).map((fn): IrFunction => {
    const blocks = fn.blocks.map((block) => {
      const { end } = block;
      return end.op === "branch" ? { ...block, end: { ...end, callback: { helper: "loop" as const } } } : block;
    });
    return { ...fn, blocks };
  });
  const [main] = marked;
  if (!main) throw new Error("no function");

  test("share what the body reads and what it carries, 8 bytes each", () => {
    const [caller, callback] = outlineCallbacks(main, new Set([1]), (name) => name);
    expect([caller?.name, callback?.name, callback?.role]).toEqual(["main", "main_loop", "callback"]);
    expect(caller?.slots.map(({ size }) => size)).toEqual([16]);
    expect(caller && printFunction(caller)).toContain("call loop");
    expect(callback?.blocks[0]?.params.map(({ type }) => type)).toEqual(["i64", "ptr.stack"]);
    expect(callback && computeRanges(callback).loops).toEqual([]);
    const stored = callback?.blocks.flatMap(({ insts }) => insts.filter((inst) => inst.op === "store"));
    expect(stored?.map(({ args }) => args[1])).toEqual([6]);
    const returned = callback?.blocks.flatMap(({ insts, end }) =>
      end.op === "return"
        ? insts.flatMap((inst) => (inst.op === "const" && inst.result === end.args[0] ? [inst.value] : []))
        : [],
    );
    expect(returned).toEqual([0n]);
  });

  test("where none is chosen, the loop stays and the mark goes", () => {
    const same = outlineCallbacks(main, new Set(), (name) => name);
    expect(same).toEqual(functionsOf(text));
  });

  test("keys that a callback is given are read only, values are not", () => {
    const [visit] = functionsOf(`
function visit failure 1 callback
b0(v0: ptr.map, v1: ptr.mapKey, v2: ptr.mapValue, v3: ptr.stack):
  v4: i64 = const 4
  v5: ptr.mapKey = ptradd v1 v4
  store4 v2 v4 +0
  store4 v5 v4 +0
  return v4
`);
    expect(visit && checkReadOnly(visit)).toMatchObject([
      { message: "a key that forEach gives is read only", at: { line: 7 } },
    ]);
  });
});

// What conversion makes of the language: types and signs, instances of functions, memory and registers, optional chains.
import { describe, expect, test } from "vitest";
import type { Expr, Statement, TypedModule } from "../../ast/nodes.ts";
import { convertModule } from "../project.ts";
import { createSession } from "../session.ts";

const session = createSession();

const HEADER = `import { array, arrayMap, atomicAdd, hashMap, i64, struct, u16, u32, u64, u8, xdp, XDP, type Ref, type Schema, type XdpContext } from "@typebpf/dsl";
const Pair = struct("pair", { low: u32, high: u32 });
const Wide = struct("wide", { signed: i64, unsigned: u64, pair: Pair, words: array(u32, 4) });
const pairs = hashMap({ key: Pair, value: Wide, maxEntries: 8 });
const counts = arrayMap({ value: u64, maxEntries: 8 });
`;

function convert(body: string, before = "") {
  const text = `${HEADER}${before}\nexport const filter = xdp((ctx) => {\n${body}\nreturn XDP.PASS;\n});\n`;
  const virtualFiles = new Map([["/given/a.bpf.ts", text]]);
  return convertModule("/given/a.bpf.ts", { target: { kernel: "6.1", isa: 3 }, virtualFiles, session });
}

function moduleOf(body: string, before = ""): TypedModule {
  const { module, diagnostics } = convert(body, before);
  if (!module) throw new Error(diagnostics.map(({ code, message, at }) => `${code} ${at?.line} ${message}`).join("\n"));
  return module;
}

/** The statements of the program, its last return left out. */
function statementsOf(body: string, before = ""): readonly Statement[] {
  const module = moduleOf(body, before);
  return module.functions[module.programs[0]?.function ?? -1]?.body.slice(0, -1) ?? [];
}

/** The initial value of the last declaration. */
function initOf(body: string, before = ""): Expr {
  const last = statementsOf(body, before).findLast((statement) => statement.kind === "let");
  if (!last?.init) throw new Error("no declaration with a value");
  return last.init;
}

function codesOf(body: string, before = ""): readonly string[] {
  return convert(body, before).diagnostics.map(({ code }) => code);
}

const wide = "const w = pairs.get({ low: 1 });\nif (!w) return XDP.DROP;\n";

describe("bigint constants take the sign of what they meet", () => {
  test.each([
    ["w.signed + -1n", true, -1n],
    ["w.unsigned + -1n", false, 0xffff_ffff_ffff_ffffn],
    ["w.unsigned + 5n", false, 5n],
  ])("%s", (expression, signed, value) => {
    const sum = initOf(`${wide}const x = ${expression};`);
    expect(sum).toMatchObject({
      kind: "binary",
      type: { signed },
      right: { kind: "integer", value, type: { signed } },
    });
  });

  test.each([
    ["w.unsigned > -1n", ["BPF2021"]],
    ["w.unsigned / -1n", ["BPF2021"]],
    ["w.unsigned + w.signed", ["BPF2020"]],
    ["w.signed < 0xffff_ffff_ffff_ffffn", ["BPF2021"]],
    ["i64(w.unsigned) + w.signed", []],
  ])("%s", (expression, codes) => {
    expect(codesOf(`${wide}const x = ${expression};`)).toEqual(codes);
  });

  test("an annotation gives a variable its sign, and no annotation means unsigned", () => {
    expect(initOf("let x: i64 = -5n; x += 1n;")).toMatchObject({
      value: -5n,
    });
    expect(initOf("let x = 5n; x += 1n;")).toMatchObject({ value: 5n, type: { kind: "bigint", signed: false } });
    expect(codesOf("let x = -5n; x += 1n;")).toEqual(["BPF2021"]);
  });
});

describe("divisions of numbers are made integers at once", () => {
  test.each([
    ["Math.trunc(q / 3)", "trunc"],
    ["Math.floor(q / 3)", "floor"],
    ["(q / 3) | 0", "int32"],
    ["~~(q / 3)", "int32"],
    ["(q / 3) >>> 0", "uint32"],
  ])("%s", (expression, rounding) => {
    const value = initOf(`const q = ctx.rxQueueIndex; const x = ${expression};`);
    expect(value).toMatchObject({ kind: "integerDivision", rounding, right: { value: 3n } });
  });

  test.each(["q / 3", "Math.abs(q / 3)", "u32(q / 3)", "Math.trunc(q / 3 + 1)"])("%s is refused", (expression) => {
    expect(codesOf(`const q = ctx.rxQueueIndex; const x = ${expression};`)).toEqual(["BPF1053"]);
  });
});

describe("functions are converted once per list of arguments", () => {
  test("the same types share an instance, other types and other schemas do not", () => {
    const before = `function same<T>(x: T): T { return x; }
function fits<T>(ctx: XdpContext, schema: Schema<T>): boolean { return ctx.packet.at(0, schema) !== undefined; }`;
    const { functions } = moduleOf(
      "same(ctx.rxQueueIndex); same(ctx.ingressIfindex); same(BigInt(ctx.rxQueueIndex)); fits(ctx, Pair); fits(ctx, Wide); fits(ctx, Pair);",
      before,
    );
    expect(functions.map(({ name }) => name)).toEqual(["same", "same", "fits", "fits", "filter"]);
    // Schemas are no arguments of run time.
    expect(functions[2]?.parameters.map(({ name }) => name)).toEqual(["ctx"]);
  });

  test("constants of outer functions become arguments, through functions that are passed too", () => {
    const before =
      "function each(n: number, f: (i: number) => number): number { let t = 0; for (let i = 0; i < n; i++) t += f(i); return t; }";
    const { functions } = moduleOf(
      "const q = ctx.rxQueueIndex; const r = each(3, (i) => i * q); const s = each(r, (i) => each(i, (j) => j + q));",
      before,
    );
    expect(functions.map(({ name, parameters }) => `${name}(${parameters.map((one) => one.name)})`)).toEqual([
      "anonymous(i,q)",
      "each(n,q)",
      "anonymous(j,q)",
      "each(n,q)",
      "anonymous(i,q)",
      "each(n,q)",
      "filter(ctx)",
    ]);
  });

  test("results join: undefined and a reference, and constants by the annotation", () => {
    const before =
      "function pick(x: number): Ref<typeof Wide> | undefined { if (x > 1) return undefined; return pairs.get({ low: x }); } function sign(x: number): i64 { return x > 1 ? -1n : 1n; }";
    const { functions } = moduleOf("const r = pick(ctx.rxQueueIndex); const s = sign(ctx.rxQueueIndex);", before);
    expect(functions[0]?.result).toMatchObject({ kind: "ref", nullable: true, layout: { name: "wide" } });
    expect(functions[1]?.result).toEqual({ kind: "bigint", signed: true });
  });

  test("in a repeated body each repetition has instances of its own", () => {
    const { functions } = moduleOf(
      "let t = 0; for (const row of [{ w: 3 }, { w: 5 }] as const) { const f = (x: number) => x * row.w; t += f(t); }",
    );
    expect(functions.slice(0, -1).map(({ body }) => body)).toMatchObject(
      [3n, 5n].map((value) => [{ kind: "return", value: { kind: "binary", right: { kind: "integer", value } } }]),
    );
  });

  test("of an overloaded function the implementation is converted", () => {
    const before =
      "function id(x: number): number;\nfunction id(x: bigint): bigint;\nfunction id(x: number | bigint): number | bigint { return x; }";
    const { functions } = moduleOf("const a = id(ctx.rxQueueIndex); const b = id(BigInt(ctx.rxQueueIndex));", before);
    expect(functions.map(({ result }) => result.kind)).toEqual(["number", "bigint", "number"]);
  });

  test("a function that takes itself ends", () => {
    const before = "function again(f: () => number): number { return again(() => f()); }";
    expect(codesOf("again(() => 1);", before)).toEqual(["BPF1013"]);
  });

  test("mutual recursion names the cycle", () => {
    const before = "function a(n: number): number { return b(n); }\nfunction b(n: number): number { return a(n); }";
    expect(convert("a(1);", before).diagnostics).toMatchObject([{ code: "BPF1013", message: "a calls b calls a" }]);
  });
});

describe("objects", () => {
  test("a literal in a schema's place fills memory, another one lives in registers", () => {
    expect(initOf("const p = Pair({ low: ctx.rxQueueIndex });")).toMatchObject({
      kind: "construct",
      init: { kind: "struct", parts: [{ kind: "field", field: { name: "low" } }] },
    });
    expect(initOf("const p = { low: ctx.rxQueueIndex };")).toMatchObject({ kind: "record" });
  });

  test("a copy of a struct stays in memory; with other members it becomes registers", () => {
    const copy = initOf(`${wide}const c = { ...w.pair, low: 5 };`);
    expect(copy).toMatchObject({
      kind: "construct",
      layout: { name: "pair" },
      init: { parts: [{ kind: "spread" }, { kind: "field" }] },
    });
    const mixed = initOf(`${wide}const c = { ...w.pair, extra: 5 };`);
    expect(mixed.type).toMatchObject({
      kind: "record",
      members: [{ name: "low" }, { name: "high" }, { name: "extra" }],
    });
  });

  test("constants leave nothing behind, objects that may change do not count as constants", () => {
    expect(statementsOf("const a = 1; const T = { x: 1 } as const; const m = counts;")).toEqual([]);
    expect(statementsOf("const s = { x: 1 }; s.x = 2;")).toMatchObject([{ kind: "let" }, { kind: "expression" }]);
  });

  test.each([
    ["const a = { x: ctx.rxQueueIndex }; let b = a; b = { x: 1 };", ["BPF1062"]],
    ["const a = { x: ctx.rxQueueIndex }; const b = { a };", ["BPF1062"]],
    ["const a = { x: ctx.rxQueueIndex }; const b = { a: { ...a } }; b.a.x = 1;", []],
    ["const a = { x: ctx.rxQueueIndex }; const b = a; b.x = 1;", []],
  ])("%s", (body, codes) => {
    expect(codesOf(body)).toEqual(codes);
  });
});

describe("optional chains are decided by what stands around them", () => {
  test.each([
    ["counts.get(0)?.value ?? 7n", { kind: "conditional", whenTrue: { kind: "field" }, whenFalse: { value: 7n } }],
    [
      "counts.get(0)?.value === 7n",
      { kind: "conditional", whenTrue: { kind: "compare" }, whenFalse: { value: false } },
    ],
    ["counts.get(0)?.value !== 7n", { kind: "conditional", whenFalse: { value: true } }],
    [
      "counts.get(0)?.value === undefined",
      { kind: "conditional", whenTrue: { value: false }, whenFalse: { value: true } },
    ],
    ["!counts.get(0)?.value", { kind: "not", operand: { kind: "conditional", whenFalse: { value: false } } }],
  ])("%s", (expression, expected) => {
    expect(initOf(`const x = ${expression};`)).toMatchObject(expected);
  });

  test("the lookup happens once", () => {
    const statements = statementsOf("const x = counts.get(0)?.value ?? 7n;");
    const text = JSON.stringify(statements, (_, value) => (typeof value === "bigint" ? String(value) : value));
    expect(text.split('"kind":"map"').length - 1).toBe(1);
  });
});

describe("statements", () => {
  test("continue in a body that is repeated leaves its block", () => {
    const [block] = statementsOf(
      "for (const row of [{ a: 1 }, { a: 2 }] as const) { if (row.a === ctx.rxQueueIndex) continue; counts.get(row.a); }",
    );
    expect(block).toMatchObject({ kind: "block", body: [{ kind: "block" }, { kind: "block" }] });
  });

  test("labels name loops and blocks", () => {
    expect(
      codesOf("a: b: for (;;) { for (;;) { if (ctx.rxQueueIndex) continue a; break b; } } c: { break c; }"),
    ).toEqual([]);
  });

  test("a condition is boolean, whatever it tests", () => {
    const [branch] = statementsOf("if (ctx.rxQueueIndex && counts.get(0)) return XDP.DROP;");
    expect(branch).toMatchObject({
      kind: "if",
      condition: { kind: "logical", type: { kind: "boolean" }, left: { kind: "not", operand: { kind: "not" } } },
    });
  });

  test("every node has a span inside its module", () => {
    const module = moduleOf("const p = { ...Pair({ low: 1 }), high: ctx.packet.length };");
    const lines = module.sources[0]?.text.split("\n") ?? [];
    JSON.stringify(module.functions, (key, value) => {
      if (key === "at") expect(lines[value.line - 1]?.length).toBeGreaterThanOrEqual(value.column - 1 + value.length);
      return typeof value === "bigint" ? String(value) : value;
    });
  });
});

test("tables are indexed at run time by item and by column", () => {
  const before = "const PORTS = [80, 443];\nconst ROWS = [{ port: 80, big: 1n }, { port: 443, big: 2n }] as const;";
  expect(initOf("const x = PORTS[ctx.rxQueueIndex & 1];", before)).toMatchObject({
    kind: "table",
    values: [80n, 443n],
  });
  expect(initOf("const x = ROWS[ctx.rxQueueIndex & 1].big;", before)).toMatchObject({
    kind: "table",
    values: [1n, 2n],
    type: { kind: "bigint" },
  });
});

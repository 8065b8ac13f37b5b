import { arrayLayout, scalarLayouts, structLayout } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import type { Expr, Statement } from "../ast/nodes.ts";
import { numberType } from "../ast/types.ts";
import { checkFunction } from "../ir/check.ts";
import { parseModule } from "../ir/parse.ts";
import * as a from "../lower/ast-builders.testing.ts";
import { lowerModule } from "../lower/lower.ts";
import { type Analyzed, analyze } from "./analyze.ts";

const { u8, u16, u32, i8 } = scalarLayouts;
const Items = arrayLayout(u8, 16);
const Fields = structLayout("fields", { byte: u8, signed: i8, half: u16, word: u32, items: Items });

const s = a.variable("s", a.refTo(Fields), false);
const struct = a.declare(s, a.construct(Fields));
const at = (name: string): ReturnType<typeof a.field> => a.field(a.local(s), name);
const byte = at("byte");
const half = at("half");
const word = at("word");

function analyzed(body: readonly Statement[]): Analyzed {
  const { module, diagnostics } = lowerModule(a.moduleOf([struct, ...body, a.ret(a.num(0))]));
  expect(diagnostics).toEqual([]);
  const result = analyze(module, { kernel: "6.1", isa: 3 });
  for (const fn of result.module.functions) {
    expect(checkFunction(fn)).toEqual([]);
    expect(fn.blocks.flatMap((block) => block.insts).filter((inst) => inst.op === "assert")).toEqual([]);
  }
  return result;
}

function codes(...body: readonly Statement[]): readonly string[] {
  return analyzed(body).diagnostics.map((one) => one.code);
}

describe("stores", () => {
  test.each<readonly [string, Expr, readonly string[]]>([
    ["a byte in a byte", byte, []],
    ["a byte plus one wraps", a.binary(byte, "+", a.num(1)), []],
    ["a word in a byte", word, ["BPF2103"]],
    ["a masked word", a.binary(word, "&", a.num(0xff)), []],
    ["a cast word", { kind: "cast", to: u8, value: word, type: numberType, at: a.at }, []],
    ["a sum with a wide constant", a.binary(byte, "+", a.num(1000)), ["BPF2103"]],
    ["a remainder", a.binary(word, "%", a.num(200)), []],
    ["a constant that fits", a.num(255), []],
    ["a constant that does not", a.num(256), ["BPF2104"]],
    ["minus one", a.num(-1), ["BPF2104"]],
    ["either of two constants", a.conditional(a.compare(word, "===", a.num(0)), a.num(1), a.num(300)), ["BPF2103"]],
  ])("%s", (_, value, expected) => {
    expect(codes(a.set(byte, value))).toEqual(expected);
  });

  test("the limits of signed fields are their own", () => {
    expect(codes(a.set(at("signed"), a.num(-128)))).toEqual([]);
    expect(codes(a.set(at("signed"), a.num(128)))).toEqual(["BPF2104"]);
  });

  test("counting up a field wraps as a DataView does", () => {
    expect(codes(a.set(word, a.num(1), "+"), a.set(half, word, "+"))).toEqual(["BPF2103"]);
  });

  test("the message says what is known and what to write", () => {
    const [one] = analyzed([a.set(byte, word)]).diagnostics;
    expect(one?.message).toBe("the value is 32 bits wide (0…2^32-1), `byte` has u8");
    expect(one?.help).toBe("cast it: `u8(…)` to drop the upper bits");
  });
});

describe("indices", () => {
  const read = (index: Expr): Statement => a.set(half, a.element(at("items"), index));

  test("must be proved", () => {
    expect(codes(read(a.input))).toEqual(["BPF2101"]);
    expect(codes(read(a.binary(a.input, "&", a.num(15))))).toEqual([]);
    expect(codes(read(a.num(16)))).toEqual(["BPF2101"]);
    expect(codes(read(a.num(-1)))).toEqual(["BPF2101"]);
  });

  test("a test before proves them, also when the field is read again", () => {
    expect(codes(a.when(a.compare(byte, "<", a.num(16)), [read(byte)]))).toEqual([]);
    expect(codes(a.when(a.compare(byte, ">=", a.num(16)), [a.ret(a.num(1))]), read(byte))).toEqual([]);
  });

  test("but not when the field is written between", () => {
    const write = a.set(byte, a.binary(a.input, "&", a.num(255)));
    expect(codes(a.when(a.compare(byte, "<", a.num(16)), [write, read(byte)]))).toEqual(["BPF2101"]);
    const other = a.set(half, a.num(3));
    expect(codes(a.when(a.compare(byte, "<", a.num(16)), [other, read(byte)]))).toEqual([]);
  });

  test("a counter of a loop is proved", () => {
    const i = a.variable("i");
    expect(codes(a.count(i, a.num(0), a.num(16), [read(a.local(i))]))).toEqual([]);
    const j = a.variable("j");
    expect(codes(a.count(j, a.num(0), a.num(17), [read(a.local(j))]))).toEqual(["BPF2101"]);
  });

  test("the message names the guard", () => {
    const [one] = analyzed([read(byte)]).diagnostics;
    expect(one?.message).toBe("the index is 0…255, the array has 16 items");
    expect(one?.help).toBe("test it before: `if (index < 16) …`, or mask it: `index & 15`");
  });
});

describe("numbers", () => {
  test("divisors must be proved not to be zero", () => {
    const rest = a.set(word, a.binary(a.input, "%", word));
    expect(codes(rest)).toEqual(["BPF2102"]);
    expect(codes(a.when(a.compare(word, "===", a.num(0)), [a.ret(a.num(0))]), rest)).toEqual([]);
  });

  test("results must stay exact", () => {
    expect(codes(a.run(a.binary(a.input, "*", a.input2)))).toEqual(["BPF2100"]);
    expect(codes(a.run(a.binary(a.input, "*", byte)))).toEqual([]);
  });

  test("sums over a bounded loop stay exact", () => {
    const [i, sum] = [a.variable("i"), a.variable("sum")];
    const add = a.set(a.local(sum), a.input, "+");
    expect(codes(a.declare(sum, a.num(0)), a.count(i, a.num(0), a.num(1000), [add]))).toEqual([]);
  });

  test("division of what is not negative becomes unsigned", () => {
    const [fn] = analyzed([a.set(byte, a.binary(byte, "%", a.num(10)))]).module.functions;
    const ops = fn?.blocks.flatMap((block) => block.insts).map((inst) => inst.op);
    expect(ops).toContain("umod64");
    expect(ops).not.toContain("smod64");
  });
});

describe("loops", () => {
  const i = a.variable("i");

  test("need a bound", () => {
    expect(codes(a.count(i, a.num(0), byte, []))).toEqual([]);
    const until = a.compare(a.input, "===", a.num(7));
    expect(codes({ kind: "loop", id: 1, init: [], condition: until, body: [], testFirst: true, at: a.at })).toEqual([
      "BPF3001",
    ]);
    expect(codes({ kind: "loop", id: 1, init: [], body: [], testFirst: true, at: a.at })).toEqual(["BPF3001"]);
  });

  test("must not run too long", () => {
    const [one] = analyzed([a.count(i, a.num(0), a.input, [])]).diagnostics;
    expect(one?.code).toBe("BPF3004");
    const j = a.variable("j");
    const inner = a.count(j, a.num(0), a.num(2000), [a.set(word, a.local(j))]);
    expect(codes(a.count(i, a.num(0), a.num(2000), [inner]))).toEqual(["BPF3004"]);
    expect(codes(a.count(i, a.num(0), a.num(20), [inner]))).toEqual([]);
  });

  test("memory made in one must not be used after it was made again", () => {
    const [p, old] = [a.variable("p", a.refTo(Fields)), a.variable("old", a.refTo(Fields))];
    const field = (of: typeof p, name: string): ReturnType<typeof a.field> => a.field(a.local(of), name);
    const loop = (...body: readonly Statement[]): readonly string[] =>
      codes(a.declare(p, a.local(s)), a.declare(old, a.local(s)), a.count(i, a.num(0), a.num(4), body));
    const make = (init?: ReturnType<typeof a.fields>): Statement => a.set(a.local(p), a.construct(Fields, init));
    const spread = { kind: "spread", source: a.local(p) } as const;
    const word = {
      kind: "field",
      field: field(p, "word").field ?? fail(),
      value: { kind: "value", value: field(p, "word") },
    } as const;
    const use = a.set(half, field(p, "byte"));
    expect(loop(use, make())).toEqual([]);
    expect(loop(make(), use)).toEqual([]);
    expect(loop(make({ kind: "struct", parts: [spread, word], at: a.at }))).toEqual([]);
    expect(loop(make({ kind: "struct", parts: [word, spread], at: a.at }))).toEqual(["BPF3008"]);
    const sometimes = a.when(a.compare(a.input, "===", a.num(0)), [
      make({ kind: "struct", parts: [spread], at: a.at }),
    ]);
    expect(loop(sometimes, use)).toEqual([]);
    const keep = a.set(a.local(old), a.local(p));
    expect(loop(keep, make(), a.set(half, field(old, "byte")))).toEqual(["BPF3008"]);
    expect(loop(a.set(half, field(old, "byte")), keep, make())).toEqual(["BPF3008"]);
  });
});

function fail(): never {
  throw new Error("unreachable");
}

describe("packet refs", () => {
  const Header = structLayout("header", { tag: u16 });
  const h = a.variable("h", a.refTo(Header, true));
  const adjust: Expr = {
    kind: "helper",
    helper: "xdpAdjustHead",
    context: a.local(a.ctx),
    args: [a.num(-4)],
    type: numberType,
    at: a.line(7),
  };
  const make = a.declare(h, a.packetAt(a.num(0), Header));
  const guard = a.when(a.not(a.local(h)), [a.ret(a.num(1))]);
  const use = a.set(half, a.field(a.local(h), "tag"));

  test("are dead after a helper that moves the packet", () => {
    expect(codes(make, guard, use, a.run(adjust))).toEqual([]);
    const { diagnostics } = analyzed([make, guard, a.run(adjust), use]);
    expect(diagnostics.map((one) => one.code)).toEqual(["BPF2150"]);
    expect(diagnostics[0]?.labels[0]?.at.line).toBe(7);
  });

  test("on the paths that follow it, and not when made again", () => {
    const sometimes = a.when(a.compare(a.input, "===", a.num(0)), [a.run(adjust)]);
    expect(codes(make, guard, sometimes, use)).toEqual(["BPF2150"]);
    const again = a.set(a.local(h), a.packetAt(a.num(0), Header));
    expect(codes(make, guard, a.run(adjust), again, guard, use)).toEqual([]);
  });
});

test("the stack's ledger names every variable, largest first", () => {
  const [big, small] = [arrayLayout(u8, 400), arrayLayout(u8, 200)];
  const [x, y] = [a.variable("x", a.refTo(big), false), a.variable("y", a.refTo(small), false)];
  const both = [x, y].map((one) => a.set(a.element(a.local(one), a.num(0)), byte));
  const { diagnostics } = analyzed([a.declare(y, a.construct(small)), a.declare(x, a.construct(big)), ...both]);
  expect(diagnostics.map((one) => one.code)).toEqual(["BPF3002"]);
  expect(diagnostics[0]?.notes.map((note) => note.replace(/ \(.*/, ""))).toEqual([
    "x: 400 bytes",
    "y: 200 bytes",
    "s: 24 bytes",
  ]);
});

test("a value outside of what an operation takes is BPF2105", () => {
  const ir = parseModule(`function f failure 0
b0(v0: ptr.context):
  v1: i64 = load1 v0 +12
  assert v1 within 0 254 "the level"
  assert v1 within 0 255 "the level"
  return v1
`);
  const { diagnostics } = analyze(ir, { kernel: "6.1", isa: 3 });
  expect(diagnostics.map(({ code, at }) => [code, at?.line])).toEqual([["BPF2105", 4]]);
});

describe("guards for the kernel's verifier", () => {
  const read = (index: Expr): Statement => a.set(half, a.element(at("items"), index));
  const comparisons = (index: Expr): number => {
    const [fn] = analyzed([read(index)]).module.functions;
    return fn?.blocks.filter((block) => block.end.op === "branch" && block.end.compare === "ugt64").length ?? 0;
  };

  test("stand where it loses the bounds of an index", () => {
    expect(comparisons(a.binary(a.input, "%", a.num(16)))).toBe(1);
    expect(comparisons(a.binary(a.input, "&", a.num(15)))).toBe(0);
    expect(comparisons(a.binary(byte, ">>>", a.num(4)))).toBe(0);
  });
});

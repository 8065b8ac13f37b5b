import { arrayLayout, bitsLayout, type MapSpec, scalarLayouts, structLayout } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import type { BinaryOperator, Expr, MathExpr } from "../ast/nodes.ts";
import { booleanType, nothingType, numberType, signedBigint, unsignedBigint } from "../ast/types.ts";
import { checkFunction } from "../ir/check.ts";
import * as a from "./ast-builders.testing.ts";
import { lowerModule } from "./lower.ts";

const { u8, u16, u32, u64, i16, u16be, u32be } = scalarLayouts;

/** The value of an expression, as the program returns it. */
function evaluate(expr: Expr): bigint {
  const module = a.moduleOf([a.ret(expr)]);
  expect(checkFunction(a.lowered(module))).toEqual([]);
  return a.execute(module);
}

const edges = [
  0,
  1,
  -1,
  5,
  -7,
  31,
  32,
  33,
  255,
  -256,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 31,
  2 ** 32,
  2 ** 40 + 3,
  -(2 ** 45) - 9,
];

/** JavaScript's own meaning of the operators. */
const numberOracle: Readonly<Record<Exclude<BinaryOperator, "/">, (x: number, y: number) => number>> = {
  "+": (x, y) => x + y,
  "-": (x, y) => x - y,
  "*": (x, y) => x * y,
  "%": (x, y) => x % y,
  "&": (x, y) => x & y,
  "|": (x, y) => x | y,
  "^": (x, y) => x ^ y,
  "<<": (x, y) => x << y,
  ">>": (x, y) => x >> y,
  ">>>": (x, y) => x >>> y,
};

describe("numbers mean what JavaScript means", () => {
  test.each(Object.entries(numberOracle))("%s", (operator, oracle) => {
    for (const x of edges)
      for (const y of edges) {
        const expected = oracle(x, y);
        if (!Number.isSafeInteger(expected)) continue;
        expect(evaluate(a.binary(a.num(x), operator as BinaryOperator, a.num(y))), `${x} ${operator} ${y}`).toBe(
          BigInt(expected),
        );
      }
  });

  test.each([
    ["trunc", (x: number, y: number) => Math.trunc(x / y)],
    ["floor", (x: number, y: number) => Math.floor(x / y)],
    ["int32", (x: number, y: number) => (x / y) | 0],
    ["uint32", (x: number, y: number) => (x / y) >>> 0],
  ] as const)("division, %s", (rounding, oracle) => {
    for (const x of edges)
      for (const y of edges) {
        if (y === 0 && (rounding === "trunc" || rounding === "floor")) continue;
        const expr: Expr = {
          kind: "integerDivision",
          rounding,
          left: a.num(x),
          right: a.num(y),
          type: numberType,
          at: a.at,
        };
        expect(evaluate(expr), `${x} / ${y}`).toBe(BigInt(oracle(x, y)));
      }
  });

  test.each(["imul", "min", "max", "abs", "clz32", "sign"] as const)("Math.%s", (name) => {
    const oracle: (...args: number[]) => number = Math[name];
    const arity = name === "imul" || name === "min" || name === "max" ? 2 : 1;
    for (const x of edges)
      for (const y of edges) {
        const args = arity === 1 ? [x] : [x, y];
        const expr: MathExpr = { kind: "math", function: name, args: args.map(a.num), type: numberType, at: a.at };
        expect(evaluate(expr), `${name}(${args})`).toBe(BigInt(oracle(...args)));
      }
  });

  test("unary operators and casts", () => {
    for (const x of edges) {
      expect(evaluate({ kind: "unary", operator: "-", operand: a.num(x), type: numberType, at: a.at })).toBe(
        BigInt(-x),
      );
      expect(evaluate({ kind: "unary", operator: "~", operand: a.num(x), type: numberType, at: a.at })).toBe(
        BigInt(~x),
      );
      expect(evaluate({ kind: "cast", to: u8, value: a.num(x), type: numberType, at: a.at })).toBe(
        BigInt.asUintN(8, BigInt(x)),
      );
      expect(evaluate({ kind: "cast", to: i16, value: a.num(x), type: numberType, at: a.at })).toBe(
        BigInt.asIntN(16, BigInt(x)),
      );
      expect(evaluate({ kind: "cast", to: u32, value: a.num(x), type: numberType, at: a.at })).toBe(
        BigInt.asUintN(32, BigInt(x)),
      );
    }
  });
});

describe("bigints wrap at 64 bits", () => {
  const values = [0n, 1n, 3n, 63n, 64n, 65n, 1n << 63n, (1n << 64n) - 1n, 0x0123456789abcdefn];
  const operators = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"] as const;

  function oracle(operator: BinaryOperator, x: bigint, y: bigint): bigint {
    if (y === 0n && operator === "/") return 0n;
    if (y === 0n && operator === "%") return x;
    // BigInt cannot shift by 2^63 bits, but what it would give is known.
    const far = y > 1000n ? 1000n : y < -1000n ? -1000n : y;
    return {
      "+": () => x + y,
      "-": () => x - y,
      "*": () => x * y,
      "/": () => x / y,
      "%": () => x % y,
      "&": () => x & y,
      "|": () => x | y,
      "^": () => x ^ y,
      "<<": () => x << far,
      ">>": () => x >> far,
      ">>>": () => 0n,
    }[operator]();
  }

  test.each(operators)("%s", (operator) => {
    for (const x of values)
      for (const y of values)
        for (const type of [unsignedBigint, signedBigint]) {
          const fit = (value: bigint): bigint => (type.signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value));
          const expected = BigInt.asIntN(64, oracle(operator, fit(x), fit(y)));
          const label = `${fit(x)} ${operator} ${fit(y)}`;
          expect(evaluate(a.binary(a.big(fit(x), type), operator, a.big(fit(y), type))), label).toBe(expected);
          const y2 = a.variable("y", type);
          const body = [
            a.declare(y2, a.big(0n, type)),
            a.when(a.compare(a.input, "===", a.num(0)), [a.set(a.local(y2), a.big(fit(y), type))]),
            a.ret(a.binary(a.big(fit(x), type), operator, a.local(y2))),
          ];
          expect(a.execute(a.moduleOf(body)), `${label}, not constant`).toBe(expected);
        }
  });

  test("comparisons follow the sign of the flavour", () => {
    const minus = a.big(-1n, signedBigint);
    expect(evaluate(a.compare(minus, "<", a.big(0n, signedBigint)))).toBe(1n);
    expect(evaluate(a.compare(a.big((1n << 64n) - 1n), "<", a.big(0n)))).toBe(0n);
  });
});

describe("control flow", () => {
  test("logical operators give the deciding side and stop there", () => {
    const calls = a.variable("calls");
    const bump: Expr = {
      kind: "update",
      target: a.local(calls),
      operator: "+",
      prefix: true,
      type: numberType,
      at: a.at,
    };
    const logical = (left: Expr, operator: "&&" | "||", right: Expr): Expr => {
      return { kind: "logical", operator, left, right, type: numberType, at: a.at };
    };
    const program = (expr: Expr): bigint => {
      const result = a.variable("result");
      const times: Expr = a.binary(a.local(calls), "*", a.num(100));
      return a.execute(
        a.moduleOf([a.declare(calls, a.num(0)), a.declare(result, expr), a.ret(a.binary(a.local(result), "+", times))]),
      );
    };
    expect(program(logical(a.num(0), "&&", bump))).toBe(0n);
    expect(program(logical(a.num(7), "&&", bump))).toBe(101n);
    expect(program(logical(a.num(7), "||", bump))).toBe(7n);
    expect(program(logical(a.num(0), "||", bump))).toBe(101n);
  });

  test("loops with break and continue sum what JavaScript sums", () => {
    const [sum, i] = [a.variable("sum"), a.variable("i")];
    const body = [
      a.when(a.compare(a.local(i), "===", a.num(3)), [{ kind: "continue", target: 7, at: a.at }]),
      a.when(a.compare(a.local(i), "===", a.num(8)), [{ kind: "break", target: 7, at: a.at }]),
      a.set(a.local(sum), a.local(i), "+"),
    ];
    const program = [a.declare(sum, a.num(0)), a.count(i, a.num(0), a.num(100), body, 7), a.ret(a.local(sum))];
    const module = a.moduleOf(program);
    expect(checkFunction(a.lowered(module))).toEqual([]);
    expect(a.execute(module)).toBe(25n);
  });

  test("do runs its body before the test", () => {
    const i = a.variable("i");
    const update = a.set(a.local(i), a.num(1), "+");
    const condition = a.compare(a.local(i), "<", a.num(0));
    const loop = { kind: "loop", id: 1, init: [], condition, body: [update], testFirst: false, at: a.at } as const;
    expect(a.execute(a.moduleOf([a.declare(i, a.num(5)), loop, a.ret(a.local(i))]))).toBe(6n);
  });

  test("switch falls through, and the default may stand anywhere", () => {
    const r = a.variable("r");
    const add = (value: number): ReturnType<typeof a.set> => a.set(a.local(r), a.num(value), "+");
    const program = (subject: number): bigint => {
      const cases = [
        { test: a.num(1), body: [add(1)], at: a.at },
        { body: [add(10)], at: a.at },
        { test: a.num(2), body: [add(100), { kind: "break", target: 5, at: a.at } as const], at: a.at },
        { test: a.num(3), body: [add(1000)], at: a.at },
      ];
      const body = { kind: "switch", id: 5, subject: a.num(subject), cases, at: a.at } as const;
      return a.execute(a.moduleOf([a.declare(r, a.num(0)), body, a.ret(a.local(r))]));
    };
    expect([1, 2, 3, 9].map(program)).toEqual([111n, 100n, 1000n, 110n]);
  });

  test("early return leaves the inlined function, not the program", () => {
    const x = a.variable("x");
    const body = [a.when(a.compare(a.local(x), ">", a.num(10)), [a.ret(a.num(10))]), a.ret(a.local(x))];
    const clamp = a.makeFunction("clamp", [x], numberType, body);
    const call = (value: Expr): Expr => ({ kind: "call", callee: 1, args: [value], type: numberType, at: a.at });
    const module = a.moduleOf([a.ret(a.binary(call(a.num(99)), "*", call(a.num(3))))], [clamp]);
    expect(a.execute(module)).toBe(30n);
  });

  test("records are passed by reference and their members stay in registers", () => {
    const type = { kind: "record", members: [{ name: "n", type: numberType }] } as const;
    const [s, p] = [a.variable("s", type, false), a.variable("p", type, false)];
    const member = (of: typeof s): Expr & { kind: "member" } => {
      return { kind: "member", object: a.local(of), name: "n", type: numberType, at: a.at };
    };
    const twice = a.makeFunction("twice", [p], nothingType, [a.set(member(p), a.num(2), "*")]);
    const call: Expr = { kind: "call", callee: 1, args: [a.local(s)], type: nothingType, at: a.at };
    const init: Expr = { kind: "record", members: [{ name: "n", value: a.num(21) }], type, at: a.at };
    const module = a.moduleOf([a.declare(s, init), a.run(call), a.ret(member(s))], [twice]);
    expect(a.execute(module)).toBe(42n);
    expect(a.lowered(module).slots).toEqual([]);
  });

  test("a record that depends on the path is refused", () => {
    const type = { kind: "record", members: [{ name: "n", type: numberType }] } as const;
    const make: Expr = { kind: "record", members: [{ name: "n", value: a.num(1) }], type, at: a.at };
    const [s, t, u] = [a.variable("s", type, false), a.variable("t", type, false), a.variable("u", type, false)];
    const choice = a.conditional(a.compare(a.input, "===", a.num(0)), a.local(s), a.local(t));
    const module = a.moduleOf([a.declare(s, make), a.declare(t, make), a.declare(u, choice), a.ret(a.num(0))]);
    expect(lowerModule(module).diagnostics.map((one) => one.code)).toEqual(["BPF3007"]);
  });
});

describe("memory", () => {
  const Flow = structLayout("flow", { a: u8, b: u32be, c: arrayLayout(u16, 3), d: u16be, e: u64 });
  const Bits = structLayout("bits", {
    low: bitsLayout(u8, 4),
    high: bitsLayout(u8, 4),
    flag: bitsLayout(u16be, 3),
    rest: bitsLayout(u16be, 13),
  });

  test("fields read back what was stored, truncated, in host order", () => {
    const flow = a.variable("flow", a.refTo(Flow), false);
    const f = a.local(flow);
    const module = a.moduleOf([
      a.declare(flow, a.construct(Flow)),
      a.set(a.field(f, "a"), a.num(0x1ff)),
      a.set(a.field(f, "b"), a.num(0x01020304)),
      a.set(a.element(a.field(f, "c"), a.binary(a.input, "&", a.num(3))), a.num(0xabcd)),
      a.ret(
        a.binary(
          a.binary(a.field(f, "a"), "+", a.field(f, "b")),
          "+",
          a.binary(a.element(a.field(f, "c"), a.num(1)), "*", a.num(2 ** 32)),
        ),
      ),
    ]);
    const host = new a.TestHost(new Uint8Array(), [1n]);
    expect(a.execute(module, host)).toBe(0xffn + 0x01020304n + 0xabcdn * (1n << 32n));
    expect(host.bytes(0x1000n, Flow.size)).toBe(
      `ff000000010203040000cdab00000000${"00".repeat(8)}`.slice(0, Flow.size * 2),
    );
  });

  test("a literal zeroes padding and leaves nothing uninitialised", () => {
    const flow = a.variable("flow", a.refTo(Flow), false);
    const items = { kind: "array", items: [{ kind: "value", value: a.num(1) }], at: a.at } as const;
    const init = a.fields(Flow, { a: a.num(1), c: items, e: a.big(5n) });
    const host = new a.TestHost();
    a.execute(a.moduleOf([a.declare(flow, a.construct(Flow, init)), a.ret(a.num(0))]), host);
    expect(host.bytes(0x1000n, Flow.size)).not.toContain("a5");
    expect(host.bytes(0x1000n, 16)).toBe("01000000000000000100000000000000");
  });

  test("bit fields: native from the least, big-endian from the most significant bit", () => {
    const bits = a.variable("bits", a.refTo(Bits), false);
    const b = a.local(bits);
    const init = a.fields(Bits, { low: a.num(0x5), high: a.num(0x4), flag: a.num(5), rest: a.num(0x1234) });
    const sum = a.binary(a.binary(a.field(b, "rest"), "*", a.num(8)), "+", a.field(b, "flag"));
    const host = new a.TestHost();
    expect(a.execute(a.moduleOf([a.declare(bits, a.construct(Bits, init)), a.ret(sum)]), host)).toBe(0x1234n * 8n + 5n);
    expect(host.bytes(0x1000n, 4)).toBe("4500b234");
  });

  test("assigning an aggregate copies it; Object.assign reads all before it writes", () => {
    const Pair = structLayout("pair", { x: u32, y: u32 });
    const Two = structLayout("two", { first: Pair, second: Pair });
    const two = a.variable("two", a.refTo(Two), false);
    const t = a.local(two);
    const pair = (x: number, y: number): ReturnType<typeof a.fields> => a.fields(Pair, { x: a.num(x), y: a.num(y) });
    const swap: Expr = {
      kind: "assignAll",
      target: a.field(t, "first"),
      parts: [
        {
          kind: "field",
          field: Pair.fields[0] ?? fail(),
          value: { kind: "value", value: a.field(a.field(t, "first"), "y") },
        },
        {
          kind: "field",
          field: Pair.fields[1] ?? fail(),
          value: { kind: "value", value: a.field(a.field(t, "first"), "x") },
        },
      ],
      type: a.refTo(Pair),
      at: a.at,
    };
    const host = new a.TestHost();
    a.execute(
      a.moduleOf([
        a.declare(two, a.construct(Two, a.fields(Two, { first: pair(1, 2), second: pair(3, 4) }))),
        a.run(swap),
        a.set(a.field(t, "second"), a.field(t, "first")),
        a.set(a.field(a.field(t, "first"), "x"), a.num(9)),
        a.ret(a.num(0)),
      ]),
      host,
    );
    expect(host.bytes(0x1000n, 16)).toBe("09000000010000000200000001000000");
  });

  test("an index is evaluated once in a compound assignment", () => {
    const Words = arrayLayout(u32, 4);
    const [words, i] = [a.variable("words", a.refTo(Words), false), a.variable("i")];
    const next: Expr = { kind: "update", target: a.local(i), operator: "+", prefix: false, type: numberType, at: a.at };
    const host = new a.TestHost();
    const module = a.moduleOf([
      a.declare(words, a.construct(Words)),
      a.declare(i, a.num(2)),
      a.set(a.element(a.local(words), next), a.num(7), "+"),
      a.ret(a.local(i)),
    ]);
    expect(a.execute(module, host)).toBe(3n);
    expect(host.bytes(0x1000n, 16)).toBe("00000000000000000700000000000000");
  });
});

function fail(): never {
  throw new Error("unreachable");
}

describe("the packet", () => {
  const Header = structLayout("header", { tag: u16be, data: arrayLayout(u8, 4) });
  const read = (offset: Expr): ReturnType<typeof a.moduleOf> => {
    const h = a.variable("h", a.refTo(Header, true), false);
    return a.moduleOf([
      a.declare(h, a.packetAt(offset, Header)),
      a.when(a.not(a.local(h)), [a.ret(a.num(-1))]),
      a.ret(
        a.binary(
          a.field(a.local(h), "tag"),
          "+",
          a.element(a.field(a.local(h), "data"), a.binary(a.input2, "&", a.num(3))),
        ),
      ),
    ]);
  };
  const packet = Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7]);

  test.each([
    [0, 1 + 5],
    [2, 0x0203 + 7],
    [3, -1],
    [0xffff, -1],
    [-1, -1],
    [70000, -1],
    [2 ** 33, -1],
  ])("at offset %i", (offset, expected) => {
    const host = (): a.TestHost => new a.TestHost(packet, [BigInt(offset), 3n]);
    expect(a.execute(read(a.num(offset)), host())).toBe(BigInt(expected));
    if (offset >= 0 && offset < 2 ** 32) expect(a.execute(read(a.input), host())).toBe(BigInt(expected));
  });

  test("is well formed, and every instruction has a span", () => {
    const fn = a.lowered(read(a.input));
    expect(checkFunction(fn)).toEqual([]);
    expect(fn.blocks.flatMap((block) => [...block.insts, block.end]).every((inst) => inst.at.file !== "")).toBe(true);
  });

  test("its length is a number", () => {
    const length: Expr = { kind: "packetLength", context: a.local(a.ctx), type: numberType, at: a.at };
    expect(a.execute(a.moduleOf([a.ret(length)]), new a.TestHost(packet))).toBe(8n);
  });

  test("overlapping copies read all bytes first", () => {
    const Bytes = arrayLayout(u8, 6);
    const [p, q] = [a.variable("p", a.refTo(Bytes, true), false), a.variable("q", a.refTo(Bytes, true), false)];
    const Wrap = structLayout("wrap", { bytes: Bytes });
    const wrapped = (of: typeof p): Expr => ({ ...a.local(of), type: a.refTo(Wrap) }) as Expr;
    const host = new a.TestHost(packet);
    a.execute(
      a.moduleOf([
        a.declare(p, a.packetAt(a.num(0), Bytes)),
        a.declare(q, a.packetAt(a.num(1), Bytes)),
        a.when(a.not(a.local(p)), [a.ret(a.num(1))]),
        a.when(a.not(a.local(q)), [a.ret(a.num(1))]),
        a.set(a.field(wrapped(q), "bytes"), a.local(p)),
        a.ret(a.num(0)),
      ]),
      host,
    );
    expect(host.bytes(0x10000n, 8)).toBe("0000010203040507");
  });

  test("refs into two kinds of memory are refused", () => {
    const h = a.variable("h", a.refTo(Header, true));
    const choice = a.conditional(
      a.compare(a.input, "===", a.num(0)),
      a.packetAt(a.num(0), Header),
      a.construct(Header),
      a.refTo(Header, true),
    );
    const module = a.moduleOf([
      a.declare(h, choice),
      a.when(a.not(a.local(h)), [a.ret(a.num(0))]),
      a.ret(a.field(a.local(h), "tag")),
    ]);
    expect(lowerModule(module).diagnostics.map((one) => one.code)).toEqual(["BPF3006"]);
  });
});

describe("maps and helpers", () => {
  const Key = structLayout("key", { port: u16be, proto: u8 });
  const Value = structLayout("value", { count: u64, last: u32 });
  const spec: MapSpec = { name: "flows", type: "hash", key: Key, value: Value, maxEntries: 4, flags: 0 };
  const key = a.fields(Key, { port: a.num(53), proto: a.num(17) });
  const operation = (name: "get" | "has" | "set" | "delete", value?: ReturnType<typeof a.fields>): Expr => {
    const type = { get: a.refTo(Value, true), has: booleanType, set: numberType, delete: numberType }[name];
    return { kind: "map", operation: name, map: "flows", key, type, at: a.at, ...(value && { value }) };
  };

  test("set, get, has, delete", () => {
    const v = a.variable("v", a.refTo(Value, true), false);
    const module = a.moduleOf(
      [
        a.when(operation("has"), [a.ret(a.num(1))]),
        a.run(operation("set", a.fields(Value, { last: a.num(7) }))),
        a.when(a.not(operation("has")), [a.ret(a.num(2))]),
        a.declare(v, operation("get")),
        a.when(a.not(a.local(v)), [a.ret(a.num(3))]),
        a.set(a.field(a.local(v), "count"), a.big(5n), "+"),
        a.run({
          kind: "atomic",
          operation: "add",
          target: a.field(a.local(v), "last"),
          value: a.num(2),
          type: numberType,
          at: a.at,
        }),
        a.ret(a.field(a.local(v), "last")),
      ],
      [],
      [spec],
    );
    const fn = a.lowered(module);
    expect(checkFunction(fn)).toEqual([]);
    const atomic = fn.blocks.flatMap((block) => block.insts).find((inst) => inst.op === "atomic");
    expect(atomic).not.toHaveProperty("result");
    const host = new a.TestHost(new Uint8Array(), [], [spec]);
    expect(a.execute(module, host)).toBe(9n);
    expect([...(host.maps.get("flows") ?? [])].map(([at]) => at)).toEqual(["00351100"]);
    expect(host.bytes(0x20000n, Value.size)).toBe("05000000000000000900000000000000");
  });

  test("a helper gets the context and its arguments", () => {
    const call: Expr = {
      kind: "helper",
      helper: "xdpAdjustHead",
      context: a.local(a.ctx),
      args: [a.num(-4)],
      type: numberType,
      at: a.at,
    };
    const host = new a.TestHost();
    a.execute(a.moduleOf([a.ret(call)]), host);
    expect(host.calls).toEqual(["xdpAdjustHead(2048, -4)"]);
  });
});

describe("tables, before Linux 5.2", () => {
  const old = (table: Expr) => ({ ...a.moduleOf([a.ret(table)]), target: { kernel: "5.1", isa: 3 } as const });
  test.each([[[5n, 9n, 2n, 2n, 2n, 77n]], [[3n, 5n, 7n, 9n]], [[4n, 4n, 4n]]])("%s", (values) => {
    const table: Expr = {
      kind: "table",
      name: "T",
      values,
      indices: [{ index: a.input, length: values.length }],
      type: numberType,
      at: a.at,
    };
    values.forEach((value, index) => {
      expect(a.execute(old(table), new a.TestHost(new Uint8Array(), [BigInt(index)]))).toBe(value);
    });
  });

  test("long ones belong in a map", () => {
    const values = Array.from({ length: 100 }, (_, index) => BigInt(index * index));
    const table: Expr = {
      kind: "table",
      name: "T",
      values,
      indices: [{ index: a.input, length: values.length }],
      type: numberType,
      at: a.at,
    };
    expect(lowerModule(old(table)).diagnostics.map((one) => one.code)).toEqual(["BPF3005"]);
  });
});

test("doubling calls stop at the budget with a diagnostic", () => {
  const functions = Array.from({ length: 40 }, (_, index) => {
    const x = a.variable("x");
    const call: Expr = { kind: "call", callee: index + 2, args: [a.local(x)], type: numberType, at: a.at };
    const body = index === 39 ? [a.ret(a.local(x))] : [a.ret(a.binary(call, "+", call))];
    return a.makeFunction(`f${index}`, [x], numberType, body);
  });
  const call: Expr = { kind: "call", callee: 1, args: [a.num(1)], type: numberType, at: a.at };
  const { diagnostics } = lowerModule(a.moduleOf([a.ret(call)], functions));
  expect(diagnostics.map((one) => one.code)).toEqual(["BPF3003"]);
});

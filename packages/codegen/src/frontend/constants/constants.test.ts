// Static evaluation against the JavaScript engine, which is its oracle, and the documented differences.
import { describe, expect, test } from "vitest";
import { convertModule } from "../project.ts";
import { createSession } from "../session.ts";

const session = createSession();

/** Evaluates an expression at the top of a module, as the number of entries of a map shows it. */
function constantOf(expression: string, before = ""): number | undefined {
  const text = `import { array, arrayMap, bits, i64, i8, offsetOf, sizeOf, struct, u16, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";
${before}
export const found = arrayMap({ value: u64, maxEntries: ${expression} });
export const filter = xdp(() => XDP.PASS);`;
  const virtualFiles = new Map([["/given/a.bpf.ts", text]]);
  const { module, diagnostics } = convertModule("/given/a.bpf.ts", {
    target: { kernel: "6.1", isa: 3 },
    virtualFiles,
    session,
  });
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join());
  return module?.maps.find(({ name }) => name === "found")?.maxEntries;
}

describe("numbers are what JavaScript computes", () => {
  test.each([
    "1 + 2 * 3",
    "7 / 2 * 2",
    "-7 % 5 + 10",
    "2 ** 10",
    "(1 << 31) >>> 0",
    "-1 >>> 28",
    "(0xffff_ffff | 0) + 2",
    "~5 & 0xff",
    "5 ^ 3",
    "-8 >> 1 << 2 & 0xff",
    "Math.trunc(7.9) + Math.floor(-0.5) + Math.ceil(0.2) + Math.round(2.5)",
    "Math.max(1, 5, 3) * Math.min(4, 2) + Math.abs(-3) + Math.sign(-9)",
    "Math.imul(0xffffffff, 5) + 10",
    "Math.clz32(1)",
    "true && 3 || 4",
    "false ? 1 : 2",
    "3 > 2 ? 5 : 6",
    "NaN < 1 ? 1 : 2",
    "[3, 4, 5][1]",
    "[3, 4, 5].length",
    "({ a: { b: 9 } }).a.b",
    "({ ...{ a: 1, b: 2 }, b: 3 }).b",
    "[...[1, 2], 3].length",
    "Number.MAX_SAFE_INTEGER % 1000",
  ])("%s", (expression) => {
    // biome-ignore lint/security/noGlobalEval: the engine is the oracle
    const indirect = eval;
    expect(constantOf(expression)).toBe(indirect(expression));
  });
});

describe("bigints wrap where they have a sign, and stay exact where they have none", () => {
  test.each([
    ["(1n << 63n) - 1n === 0x7fff_ffff_ffff_ffffn", 1],
    ["u64(-1n) === 0xffff_ffff_ffff_ffffn", 1],
    ["u64(-1n) + 1n === 0n", 1],
    ["i64(0x8000_0000_0000_0000n) < 0n", 1],
    ["-7n / 2n === -3n", 1],
    ["u64(5n) / 0n === 0n", 1],
    ["u64(5n) % 0n === 5n", 1],
    ["BigInt.asIntN(8, 255n) === -1n", 1],
    ["BigInt.asUintN(8, -1n) === 255n", 1],
    ["BigInt(3) + 4n > 6n", 1],
  ])("%s", (expression, value) => {
    expect(constantOf(`${expression} ? 1 : 2`)).toBe(value);
  });
});

describe("the DSL's own functions make schemas and sizes", () => {
  const before = 'const S = struct("s", { a: u8, b: u32, c: array(u16, 3), lo: bits(u8, 4), hi: bits(u8, 4) });';
  test.each([
    ["sizeOf(S)", 16],
    ['offsetOf(S, "c")', 8],
    ["S.size", 16],
    ["array(u8, 6).length", 6],
    ["u8(0x1ff)", 255],
    ["i8(0xff) + 2", 1],
    ["u32(0x1_0000_0005n)", 5],
  ])("%s", (expression, value) => {
    expect(constantOf(expression, before)).toBe(value);
  });
});

describe("names of constants", () => {
  test.each([
    ["const A = 1; const B = A + 1;", "B", 2],
    ["const T = { X: 3, Y: [4, 5] } as const;", "T.Y[1]", 5],
    ["const { X, Y: [first] } = { X: 3, Y: [4, 5] } as const;", "X + first", 7],
    ["const enum E { A, B = 5, C, D = C | 8 }", "E.C + E.D", 20],
    ["const frozen = Object.freeze({ n: 6 });", "frozen.n", 6],
    ["const sized = { n: 6 } satisfies { n: number };", "sized.n", 6],
  ])("%s", (before, expression, value) => {
    expect(constantOf(expression, before)).toBe(value);
  });
});

test("what cannot be evaluated is refused with its place", () => {
  expect(() => constantOf("2.5")).toThrow("BPF2027");
  expect(() => constantOf("0")).toThrow("BPF2027");
  expect(() => constantOf("[1, 2][2]")).toThrow("BPF2032");
  expect(() => constantOf("f()", "function f(): number { return f(); }")).toThrow("BPF1012");
});

import { slotCount } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { assemblyOf, generateText } from "./generate.testing.ts";

function codes(generated: ReturnType<typeof generateText>): readonly string[] {
  return "diagnostics" in generated ? generated.diagnostics.map((one) => one.code) : [];
}

const parser = `  v1: ptr.packet = load4 v0 +0
  v2: ptr.packetEnd = load4 v0 +4
  v3: i64 = const 14
  v4: ptr.packet = ptradd v1 v3
  branch ugt64 v4 v2 b3() b1()
b1():
  v5: i64 = load2 v1 +12
  v6: i64 = const 8
  branch ne64 v5 v6 b3() b2()
b2():
  v7: i64 = const 34
  v8: ptr.packet = ptradd v1 v7
  branch ugt64 v8 v2 b3() b4()
b3():
  v9: i64 = const 2
  return v9
b4():
  v10: i64 = load1 v1 +23
  v11: i64 = const 17
  branch eq64 v10 v11 b5() b6()
b5():
  v12: i64 = const 1
  return v12
b6():
  v13: i64 = const 2
  return v13`;

describe("a parser", () => {
  test("advances one pointer and returns from one place per verdict", () => {
    expect(assemblyOf(parser)).toEqual([
      "r0 = *(u32 *)(r1 +0)",
      "r5 = *(u32 *)(r1 +4)",
      "r0 += 14",
      "if r0 > r5 goto pc+8",
      "r4 = *(u16 *)(r0 -2)",
      "if r4 != 0x8 goto pc+6",
      "r0 += 20",
      "if r0 > r5 goto pc+4",
      "r0 = *(u8 *)(r0 -11)",
      "if r0 != 0x11 goto pc+2",
      "r0 = 1",
      "exit",
      "r0 = 2",
      "exit",
    ]);
  });
  test("a pointer that a join still needs stays as it is", () => {
    const text = assemblyOf(`  v1: ptr.packet = load4 v0 +0
  v2: ptr.packetEnd = load4 v0 +4
  v3: i64 = const 14
  v4: ptr.packet = ptradd v1 v3
  branch ugt64 v4 v2 b2() b1()
b1():
  v5: i64 = load2 v1 +12
  store2 v1 v5 +0
  jump b2()
b2():
  v6: i64 = ptrdiff v2 v1
  return v6`);
    expect(text.filter((line) => line.includes("+12)"))).toHaveLength(1);
    expect(text.filter((line) => line.includes("-2"))).toEqual([]);
  });
});

test("where a join needs the pointer, the next check continues the sum of the one before", () => {
  const text = assemblyOf(`  v1: ptr.packet = load4 v0 +0
  v2: ptr.packetEnd = load4 v0 +4
  v3: i64 = const 14
  v4: ptr.packet = ptradd v1 v3
  branch ugt64 v4 v2 b3() b1()
b1():
  v5: i64 = load2 v1 +12
  v6: i64 = const 34
  v7: ptr.packet = ptradd v1 v6
  branch ugt64 v7 v2 b3() b2()
b2():
  v8: i64 = load1 v1 +23
  store2 v1 v8 +0
  jump b3()
b3():
  v9: i64 = ptrdiff v2 v1
  return v9`);
  expect(text.filter((line) => /\+= \d/.test(line))).toEqual(["r4 += 14", "r4 += 20"]);
  expect(text.filter((line) => /^r4 = r\d$/.test(line))).toHaveLength(1);
});

test("a loop tests at its bottom, behind a jump to there where the kernel wants one", () => {
  const loop = (fallingLoops: boolean) =>
    assemblyOf(
      `  v1: i64 = load4 v0 +0
  v2: i64 = const 0
  jump b1(v2, v1)
b1(v3: i64, v4: i64):
  v5: i64 = const 5
  branch ult64 v3 v5 b2() b3()
b2():
  v6: i64 = mul64 v4 v4
  v7: i64 = const 1
  v8: i64 = add64 v3 v7
  jump b1(v8, v6)
b3():
  return v4`,
      { fallingLoops },
    );
  const start = ["r0 = *(u32 *)(r1 +0)", "r5 = 0"];
  expect(loop(true)).toEqual([...start, "goto pc+2", "r0 *= r0", "r5 += 1", "if r5 < 0x5 goto pc-3", "exit"]);
  const jumping = ["goto pc+3", "r0 *= r0", "r5 += 1", "goto pc+0", "if r5 < 0x5 goto pc-4", "exit"];
  expect(loop(false)).toEqual([...start, ...jumping]);
});

test("blocks with the same end share it", () => {
  const arm = (block: number, value: number): string => `b${block}():
  v${block}0: ptr.stack = slot s0
  store8 v${block}0 v${value} +0
  v${block}1: i64 = const 7
  store8 v${block}0 v${block}1 +8
  v${block}2: i64 = const 2
  return v${block}2`;
  const head = `  v1: i64 = load8 v0 +0
  v2: i64 = load8 v0 +8
  v3: i64 = const 5
  branch eq64 v1 v3 b1() b2()`;
  const text = assemblyOf([head, arm(1, 1), arm(2, 2)].join("\n"), { slots: 'slot s0 size 16 align 8 "state"' });
  expect(text.filter((line) => line === "exit")).toHaveLength(1);
  expect(text.filter((line) => line.endsWith("= 7"))).toHaveLength(1);
});

describe("lines", () => {
  test("every slot has one, sorted, none twice in a row", () => {
    const generated = generateText(`function f failure 0\nb0(v0: ptr.context):\n${parser}`);
    if ("diagnostics" in generated) throw new Error("refused");
    const { lines, insns } = generated.program;
    expect(lines[0]?.slot).toBe(0);
    expect(lines.every((line, index) => index === 0 || line.slot > (lines[index - 1]?.slot ?? 0))).toBe(true);
    expect(lines.every((line, index) => line.at.line !== lines[index - 1]?.at.line)).toBe(true);
    expect(lines.at(-1)?.slot).toBeLessThan(slotCount(insns));
    // The bytes of the IP header's protocol are loaded on line 20 of the text.
    expect(lines.find((line) => line.slot === 8)?.at.line).toBe(20);
  });
});

describe("limits", () => {
  const slot = (id: number, size: number, name: string): string => `slot s${id} size ${size} align 8 "${name}"`;
  const zero = (count: number): string =>
    Array.from({ length: count }, (_, id) => `  v${id + 1}: ptr.stack = slot s${id}\n  zero 8 v${id + 1} +0`).join(
      "\n",
    );
  const text = (sizes: readonly number[]): string =>
    `function f failure 0\n${sizes.map((size, id) => slot(id, size, `part${id}`)).join("\n")}\nb0(v0: ptr.context):\n${zero(sizes.length)}\n  v99: i64 = const 0\n  return v99`;
  test("512 bytes of stack fit, more are refused with what each variable takes", () => {
    expect(codes(generateText(text([256, 248, 8])))).toEqual([]);
    const refused = generateText(text([100, 256, 164]));
    expect(codes(refused)).toEqual(["BPF3010"]);
    expect("diagnostics" in refused && refused.diagnostics[0]).toMatchObject({
      message: "f needs 528 bytes of stack; there are 512",
      at: { line: 3 },
      notes: ["part1: 256 bytes (line 3)", "part2: 164 bytes (line 4)", "part0: 100 bytes (line 2)"],
    });
  });
  test("jumps over more than 32767 slots need version 4", () => {
    // Each fills 3750 slots.
    const stores = "  zero 30000 v1 +0\n".repeat(9);
    const far = `function f failure 0
b0(v0: ptr.context):
  v1: ptr.mapValue = load8 v0 +0
  v2: i64 = load8 v0 +8
  v3: i64 = const 3
  branch eq64 v2 v3 b2() b1()
b1():
${stores}  return v3
b2():
  return v2`;
    expect(codes(generateText(far, { level: 0, check: false }))).toEqual(["BPF3011"]);
    const generated = generateText(far, { isa: 4, level: 0, check: false });
    if ("diagnostics" in generated) throw new Error("refused");
    const [jump, over, long] = generated.program.insns.slice(2, 5);
    expect([jump?.offset, over?.offset, long?.imm]).toEqual([1, 1, 9 * 3750 + 2]);
  });
});

test("fewer registers change the code, not the meaning", () => {
  for (const registers of [3, 5, 10])
    expect(codes(generateText(`function f failure 0\nb0(v0: ptr.context):\n${parser}`, { registers }))).toEqual([]);
});

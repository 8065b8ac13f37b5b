import { describe, expect, test } from "vitest";
import { assemblyOf, generateText } from "./generate.testing.ts";

describe("immediates", () => {
  test("constants take the shortest load that gives all 64 bits", () => {
    const load = (value: bigint): readonly string[] => assemblyOf(`  v1: i64 = const ${value}\n  return v1`);
    expect(load(7n)).toEqual(["r0 = 7", "exit"]);
    expect(load(0xffff_ffff_8000_0000n)).toEqual(["r0 = -2147483648", "exit"]);
    expect(load(0xffff_ffffn)).toEqual(["w0 = -1", "exit"]);
    expect(load(0x1_0000_0000n)).toEqual(["r0 = 0x100000000 ll", "exit"]);
  });
  test("a constant left operand moves to the right of a commutative operation, and a mask of 32 bits is a 32-bit operation", () => {
    expect(
      assemblyOf(`  v1: i64 = load8 v0 +0
  v2: i64 = const 4294901760
  v3: i64 = and64 v2 v1
  return v3`),
    ).toEqual(["r0 = *(u64 *)(r1 +0)", "w0 &= -65536", "exit"]);
  });
  test("shift counts are masked and zero divisors have no instruction", () => {
    expect(
      assemblyOf(`  v1: i64 = load8 v0 +0
  v2: i64 = const 67
  v3: i64 = shl64 v1 v2
  v4: i64 = const 0
  v5: i64 = umod64 v3 v4
  return v5`),
    ).toEqual(["r0 = *(u64 *)(r1 +0)", "r0 <<= 3", "exit"]);
  });
  test("stores take immediates, but not into the context", () => {
    const store = (pointer: string): readonly string[] =>
      assemblyOf(`  v1: ${pointer}\n  v2: i64 = const 258\n  store1 v1 v2 +0\n  v3: i64 = const 0\n  return v3`);
    expect(store("ptr.packet = load4 v0 +0")).toEqual([
      "r0 = *(u32 *)(r1 +0)",
      "*(u8 *)(r0 +0) = 258",
      "r0 = 0",
      "exit",
    ]);
    expect(assemblyOf("  v2: i64 = const 258\n  store1 v0 v2 +0\n  return v2")).toEqual([
      "r0 = 258",
      "*(u8 *)(r1 +0) = r0",
      "r0 = 258",
      "exit",
    ]);
  });
});

test("a load that the stack's alignment does not allow is joined from narrower ones", () => {
  const body = `  v1: ptr.stack = slot s0
  v2: i64 = load8 v0 +0
  store8 v1 v2 +0
  v3: i64 = load4 v1 +2
  return v3`;
  expect(assemblyOf(body, { slots: 'slot s0 size 8 align 8 "bytes"' })).toEqual([
    "r0 = *(u64 *)(r1 +0)",
    "*(u64 *)(r10 -8) = r0",
    "r0 = *(u16 *)(r10 -6)",
    "r5 = *(u16 *)(r10 -4)",
    "r5 <<= 16",
    "r0 |= r5",
    "exit",
  ]);
});

describe("addresses", () => {
  test("constant distances fold into offsets, also behind a variable one", () => {
    expect(
      assemblyOf(`  v1: ptr.packet = load4 v0 +0
  v2: i64 = load1 v1 +14
  v3: i64 = const 14
  v4: i64 = add64 v2 v3
  v5: ptr.packet = ptradd v1 v4
  v6: ptr.packet = ptradd v5 v3
  v7: i64 = load2 v6 +2
  return v7`),
    ).toEqual(["r0 = *(u32 *)(r1 +0)", "r5 = *(u8 *)(r0 +14)", "r0 += r5", "r0 = *(u16 *)(r0 +30)", "exit"]);
  });
  test("a sum is not split when a part of it may be negative", () => {
    const body = (bytes: string, constant: string) => `  v1: ptr.packet = load4 v0 +0
  v2: i64 = ${bytes}
  v3: i64 = const ${constant}
  v4: i64 = add64 v2 v3
  v5: ptr.packet = ptradd v1 v4
  v6: i64 = load1 v5 +0
  return v6`;
    const offsets = (text: readonly string[]): string | undefined => text.at(-2)?.slice(-4);
    expect(offsets(assemblyOf(body("load1 v0 +12", "34")))).toBe("+34)");
    expect(offsets(assemblyOf(body("load8 v0 +16", "34")))).toBe(" +0)");
    expect(offsets(assemblyOf(body("load1 v0 +12", "18446744073709551612")))).toBe(" +0)");
  });
  test("an offset of more than 16 bits is added to the pointer", () => {
    expect(
      assemblyOf(`  v1: ptr.packet = load4 v0 +0
  v2: i64 = const 32768
  v3: ptr.packet = ptradd v1 v2
  v4: i64 = load1 v3 +0
  return v4`),
    ).toEqual(["r0 = *(u32 *)(r1 +0)", "r0 += 32768", "r0 = *(u8 *)(r0 +0)", "exit"]);
  });
  test("copies into the stack are as wide as its alignment allows", () => {
    expect(
      assemblyOf(
        `  v1: ptr.packet = load4 v0 +0
  v2: ptr.stack = slot s0
  copy 14 v2 v1 +0 +1
  v3: i64 = const 0
  return v3`,
        { slots: 'slot s0 size 14 align 2 "key"' },
      ),
    ).toEqual([
      "r0 = *(u32 *)(r1 +0)",
      "r5 = *(u64 *)(r0 +1)",
      "*(u64 *)(r10 -16) = r5",
      "r5 = *(u32 *)(r0 +9)",
      "*(u32 *)(r10 -8) = r5",
      "r0 = *(u16 *)(r0 +13)",
      "*(u16 *)(r10 -4) = r0",
      "r0 = 0",
      "exit",
    ]);
  });
  test("behind a variable distance the alignment of the stack is not taken for granted", () => {
    const body = (scale: string) => `  v1: i64 = load1 v0 +0
  v2: i64 = const ${scale}
  v3: i64 = mul64 v1 v2
  v4: ptr.stack = slot s0
  v5: ptr.stack = ptradd v4 v3
  zero 4 v5 +0
  return v1`;
    const zeros = (scale: string): number =>
      assemblyOf(body(scale), { slots: 'slot s0 size 64 align 8 "table"' }).filter((line) => line.endsWith("= 0"))
        .length;
    expect([zeros("8"), zeros("4"), zeros("2"), zeros("3")]).toEqual([1, 1, 2, 4]);
  });
});

describe("extensions", () => {
  test("of what is extended already cost nothing", () => {
    expect(
      assemblyOf(`  v1: i64 = load4 v0 +0
  v2: i64 = add32 v1 v1
  v3: i64 = zext32 v2
  v4: i64 = const 31
  v5: i64 = lshr64 v3 v4
  v6: i64 = sext8 v5
  return v6`),
    ).toEqual(["r0 = *(u32 *)(r1 +0)", "w0 += w0", "r0 >>= 31", "exit"]);
  });
  test("of a sum become part of it", () => {
    expect(
      assemblyOf(`  v1: i64 = load8 v0 +0
  v2: i64 = load8 v0 +8
  v3: i64 = add64 v1 v2
  v4: i64 = zext32 v3
  return v4`),
    ).toEqual(["r0 = *(u64 *)(r1 +0)", "r5 = *(u64 *)(r1 +8)", "w0 += w5", "exit"]);
  });
  test("need shifts before version 4", () => {
    const body =
      "  v1: i64 = loads2 v0 +0\n  v2: i64 = load8 v0 +8\n  v3: i64 = sext32 v2\n  v4: i64 = add64 v1 v3\n  return v4";
    expect(assemblyOf(body).filter((line) => line.includes("s>>="))).toHaveLength(2);
    const v4 = assemblyOf(body, { isa: 4 });
    expect(v4.filter((line) => line.includes("(s32)") || line.includes("s16"))).toHaveLength(2);
    expect(v4).toHaveLength(5);
  });
  test("that only a comparison needs become a 32-bit comparison", () => {
    const body = `  v1: i64 = load8 v0 +0
  v2: i64 = sext32 v1
  v3: i64 = const 18446744073709551615
  branch slt64 v2 v3 b1() b2()
b1():
  v4: i64 = const 1
  return v4
b2():
  v5: i64 = const 2
  return v5`;
    expect(assemblyOf(body)[1]).toMatch(/^if w\d s>= 0xffffffff/);
    expect(assemblyOf(body, { isa: 2 }).slice(1, 4).join()).toMatch(/<<= 32,r\d s>>= 32,if r\d s>= 0xffffffff/);
  });
});

describe("rotations", () => {
  const body = (use: string) => `  v1: i64 = load4 v0 +0
  v2: i64 = const 5
  v3: i64 = const 27
  v4: i64 = shl32 v1 v2
  v5: i64 = lshr32 v1 v3
  v6: i64 = or32 v4 v5
  v7: i64 = ${use}
  return v7`;
  test("take one shift where only the low half is used", () => {
    expect(assemblyOf(body("xor32 v6 v1"))).toEqual([
      "r5 = *(u32 *)(r1 +0)",
      "r0 = r5",
      "r0 <<= 32",
      "r0 |= r5",
      "r0 >>= 27",
      "w0 ^= w5",
      "exit",
    ]);
  });
  test("stay two shifts where the upper half must be zero", () => {
    expect(assemblyOf(body("add64 v6 v1")).filter((line) => line.includes("w0 <<= 5"))).toHaveLength(1);
  });
});

describe("atomics", () => {
  const body = (result: string) => `  v1: ptr.mapValue = load8 v0 +0
  v2: i64 = const 1
  ${result}atomic8 add v1 v2 +8
  return ${result ? "v3" : "v2"}`;
  test("do not fetch what nobody reads", () => {
    expect(assemblyOf(`${body("v3: i64 = ").replace("return v3", "return v2")}`).join()).toContain(
      "lock *(u64 *)(r0 +8) += r5",
    );
    expect(assemblyOf(body("v3: i64 = ")).join()).toContain("atomic64_fetch_add");
  });
  test("that the target lacks are refused", () => {
    const text = `function f failure 0\nb0(v0: ptr.context):\n${body("v3: i64 = ")}`;
    const generated = generateText(text, { isa: 2 });
    expect("diagnostics" in generated && generated.diagnostics.map((one) => [one.code, one.at?.line])).toEqual([
      ["BPF3012", 5],
    ]);
  });
});

test("parameters that change places on an edge go through one more register", () => {
  const text = assemblyOf(`  v1: i64 = load8 v0 +0
  v2: i64 = load8 v0 +8
  v3: i64 = const 0
  jump b1(v1, v2, v3)
b1(v4: i64, v5: i64, v6: i64):
  v7: i64 = const 1
  v8: i64 = add64 v6 v7
  v9: i64 = const 5
  branch ult64 v8 v9 b1(v5, v4, v8) b2()
b2():
  v10: i64 = sub64 v4 v5
  return v10`);
  const exchange = text.filter((line) => /^r\d = r\d$/.test(line));
  expect(exchange).toHaveLength(3);
});

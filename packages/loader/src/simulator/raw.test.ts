// Bare bytecode: what is in the registers on entry, memory that is written, legacy packet loads, may_goto.
import { assemble, type Insn } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { type RawHelper, runRaw } from "./raw.ts";

function program(text: string): readonly Insn[] {
  const { insns, diagnostics } = assemble(text);
  expect(diagnostics).toEqual([]);
  return insns;
}

const memory = Uint8Array.of(0x11, 0x22, 0x33, 0x44, 0x55);

describe("runRaw", () => {
  test("r1 points to the memory, r2 is its length", () => {
    expect(runRaw({ program: program("r0 = *(u8 *)(r1 +4)\nr0 <<= 8\nr0 |= r2\nexit"), memory }).r0).toBe(0x5505n);
    expect(runRaw({ program: program("r0 = r1\nr0 |= r2\nexit") }).r0).toBe(0n);
  });

  test("gives the memory back as the program left it, and leaves the input alone", () => {
    const output = runRaw({ program: program("*(u8 *)(r1 +0) = 9\nr0 = -1\nexit"), memory });
    expect([output.r0, output.memory[0], memory[0], output.instructions]).toEqual([2n ** 64n - 1n, 9, 0x11, 3]);
  });

  test("legacy loads are big-endian; outside of the packet the program ends with 0", () => {
    expect(runRaw({ program: program("r0 = *(u32 *)skb[1]\nexit"), memory }).r0).toBe(0x22334455n);
    expect(runRaw({ program: program("r3 = 2\nr0 = *(u16 *)skb[r3 + 1]\nexit"), memory }).r0).toBe(0x4455n);
    expect(runRaw({ program: program("r0 = *(u32 *)skb[2]\nr0 = 7\nexit"), memory }).r0).toBe(0n);
    expect(runRaw({ program: program("r0 = *(u8 *)skb[-1]\nr0 = 7\nexit"), memory }).r0).toBe(0n);
  });

  test("may_goto goes on 8 Mi times, and then jumps", () => {
    expect(runRaw({ program: program("r0 = 0\nmay_goto pc+2\nr0 += 1\ngoto pc-3\nexit") }).r0).toBe(2n ** 23n);
  });

  test("helpers take r1 to r5 and may end the program", () => {
    const sum: RawHelper = ({ args }) => args.reduce((all, one) => all + one, 0n);
    const text = program("r1 = 1\nr2 = 2\nr3 = 3\nr4 = 4\nr5 = -1\ncall unknown#9\nr0 += 1\nexit");
    expect(runRaw({ program: text, helpers: new Map([[9, sum]]) }).r0).toBe(10n);
    expect(runRaw({ program: text, helpers: new Map([[9, () => ({ end: 5n })]]) }).r0).toBe(5n);
  });

  test("callee-saved registers and the caller's stack survive a call", () => {
    const text =
      "r6 = 5\n*(u64 *)(r10 -8) = 7\ncall pc+3\nr0 = *(u64 *)(r10 -8)\nr0 += r6\nexit\nr6 = 1\n*(u64 *)(r10 -8) = 1\nexit";
    expect(runRaw({ program: program(text) }).r0).toBe(12n);
  });
});

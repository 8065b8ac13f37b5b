// The assembler beyond what the disassembler prints: labels, comments, prefixes, number forms, and every refusal.
import { describe, expect, test } from "vitest";
import { assemble } from "./assemble.ts";
import { instruction, loadWide } from "./build.ts";

describe("assemble", () => {
  test("labels are targets of jumps, calls and function references; wide instructions take two slots", () => {
    const { insns, diagnostics } = assemble(`
      start: r1 = 0x1122334455667788 ll  ; two slots
        if r1 == 7 goto out              // decimal too
        call double
        r2 = subprog[double] ll
        goto start
      out:
        exit
      double:
        r0 = r1
        exit`);
    expect(diagnostics).toEqual([]);
    expect(insns).toEqual([
      loadWide(1, 0x1122334455667788n),
      instruction("jeq64_imm", { dst: 1, imm: 7, offset: 4 }),
      instruction("call_local", { imm: 4 }),
      instruction("lddw_function", { dst: 2, imm: 3 }),
      instruction("ja", { offset: -7 }),
      instruction("exit"),
      instruction("mov64_reg", { dst: 0, src: 1 }),
      instruction("exit"),
    ]);
  });

  test("lines of the kernel's log", () => {
    expect(assemble("0: (b7) r0 = 2                       ; R0_w=2\n1: (95) exit\n").insns).toEqual([
      instruction("mov64_imm", { dst: 0, imm: 2 }),
      instruction("exit"),
    ]);
  });

  test.each([
    ["r0 = 0xffffffff", instruction("mov64_imm", { imm: -1 })],
    ["r0 = -0x80000000", instruction("mov64_imm", { imm: -0x8000_0000 })],
    ["r0=+5", instruction("mov64_imm", { imm: 5 })],
    ["r0 -= -5", instruction("sub64_imm", { imm: -5 })],
    ["r1 = *( u8*)( r2 - 4 )", instruction("ldx_u8", { dst: 1, src: 2, offset: -4 })],
    ["goto +3", instruction("ja", { offset: 3 })],
    ["gotol -3", instruction("ja32", { imm: -3 })],
    ["r1 = -1 ll", loadWide(1, -1n)],
    ["r1 = 18446744073709551615 ll", loadWide(1, -1n)],
    ["r1 = map[fd:3][0]+4294967295 ll", instruction("lddw_map_value", { dst: 1, imm: 3, nextImm: -1 })],
    ["call 5", instruction("call_helper", { imm: 5 })],
    ["call bpf_ktime_get_ns", instruction("call_helper", { imm: 5 })],
    ["call wrong_name#5", instruction("call_helper", { imm: 5 })],
  ])("%s", (text, insn) => {
    const helperNumber = (name: string) => (name === "bpf_ktime_get_ns" ? 5 : undefined);
    expect(assemble(text, { helperNumber })).toEqual({ insns: [insn], diagnostics: [] });
  });

  test.each([
    ["ldxq r0, r1", "BPF5011", 1, 4, "unexpected ldxq"],
    ["r0 = ~r1", "BPF5011", 6, 1, 'unexpected character "~"'],
    ["  r0 = ", "BPF5011", 7, 1, "not complete"],
    ["r0 = r1 r2", "BPF5011", 9, 2, "unexpected r2"],
    ["r0 = be16 r1", "BPF5011", 11, 2, "r1 must repeat"],
    ["r1: exit", "BPF5011", 1, 2, "r1 is a register"],
    ["w0 += r1", "BPF5011", 7, 2, "unexpected r1"],
    ["a: r0 = zz", "BPF5011", 9, 2, "unexpected zz"],
    ["r0 |= r50", "BPF5004", 7, 3, "there is no r50"],
    ["w0 = 2147483648", "BPF5012", 6, 10, "2147483648 is not between"],
    ["w0 = 0x100000000", "BPF5012", 6, 11, "0x100000000 is not between"],
    ["r0 = *(u8 *)(r1 +0x10000)", "BPF5012", 17, 8, "+0x10000 is not between"],
    ["r0 = 18446744073709551616 ll", "BPF5012", 6, 20, "does not fit 64 bits"],
    [`r0 = ${"9".repeat(100)}`, "BPF5012", 6, 100, "is not between"],
    ["goto nowhere", "BPF5013", 6, 7, "no label nowhere"],
    ["call nobody", "BPF5013", 6, 6, "neither a label nor a known helper"],
    ["a: exit\na: exit", "BPF5014", 1, 1, "label a is defined twice"],
  ])("%s is refused as %s", (text, code, column, length, message) => {
    const { insns, diagnostics } = assemble(text, { file: "x.s" });
    expect(insns).toEqual([]);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ code, at: { file: "x.s", line: text.split("\n").length, column, length } });
    expect(diagnostics[0]?.message).toContain(message);
    expect(diagnostics[0]?.help).toBeTruthy();
  });

  test("says what was expected", () => {
    expect(assemble("if r1 == 5 go 3").diagnostics[0]?.notes).toEqual(["expected goto"]);
    expect(assemble("r1 = map[fd:5]").diagnostics[0]?.notes).toEqual(["expected ll, ["]);
  });

  test("a label too far for 16 bits is refused, and gotol reaches it", () => {
    const far = `${"r0 = 0\n".repeat(0x8000)}out: exit`;
    expect(assemble(`goto out\n${far}`).diagnostics.map((one) => one.code)).toEqual(["BPF5012"]);
    expect(assemble(`gotol out\n${far}`).insns[0]).toEqual(instruction("ja32", { imm: 0x8000 }));
  });

  test("several errors come in the order of lines", () => {
    const { diagnostics } = assemble("goto x\nfoo\nr11 = 1\n~");
    expect(diagnostics.map(({ at, code }) => `${at?.line} ${code}`)).toEqual([
      "1 BPF5013",
      "2 BPF5011",
      "3 BPF5004",
      "4 BPF5011",
    ]);
  });
});

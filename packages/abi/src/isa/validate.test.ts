// Structural checks: what the kernel refuses before it follows any path, and what it does not mind.
import { describe, expect, test } from "vitest";
import { assemble } from "./assemble.ts";
import { instruction } from "./build.ts";
import { validate } from "./validate.ts";

function findings(text: string): readonly string[] {
  const { insns, diagnostics } = assemble(text);
  expect(diagnostics).toEqual([]);
  return validate(insns, { helperExists: (number) => number < 200 }).map(({ code, message }) => `${code} ${message}`);
}

describe("validate", () => {
  test.each([
    ["r0 = 0\nexit"],
    ["start: if r1 == 0 goto out\ngoto start\nout: exit"],
    ["r1 = 1 ll\nif r1 == 0 goto pc-3\nexit"],
    ["call f\nexit\nf: r0 = 0\nexit"],
    ["r10 = 0\nexit"],
    ["goto over\nself: goto self\nover: exit"],
    ["may_goto pc+1\ngoto pc-2\nexit"],
  ])("%j may run", (text) => {
    expect(findings(text)).toEqual([]);
  });

  test.each([
    ["goto pc+1\nexit", "BPF5007 slot 0: jumps to slot 2, outside slots 0 to 1"],
    ["if r1 == 0 goto pc-2\nexit", "BPF5007 slot 0: jumps to slot -1, outside slots 0 to 1"],
    ["gotol pc+100000\nexit", "BPF5007 slot 0: jumps to slot 100001, outside slots 0 to 1"],
    ["call pc+9\nexit", "BPF5007 slot 0: refers to slot 10, outside slots 0 to 1"],
    ["a: call f\nexit\nf: goto a", "BPF5007 slot 2: jumps to slot 0, outside slots 2 to 2"],
    ["if r1 == 0 goto pc+1\nr1 = 1 ll\nexit", "BPF5008 slot 0: jumps to slot 2, the second half of a wide instruction"],
    ["r0 = 0", "BPF5009 slot 0: the function ends here without `exit` or `goto`"],
    ["r0 = 0 ll", "BPF5009 slot 0: the function ends here without `exit` or `goto`"],
    ["call f\nf: exit", "BPF5009 slot 0: the function ends here without `exit` or `goto`"],
    ["r0 = 0\ngoto pc-2\nexit", "BPF5015 slot 0: execution comes back here for ever"],
    ["call 200\nexit", "BPF5016 slot 0: there is no helper 200"],
  ])("%j is refused: %s", (text, finding) => {
    expect(findings(text)).toEqual([finding]);
  });

  test("no instructions, or more than the kernel takes", () => {
    expect(validate([]).map((one) => one.code)).toEqual(["BPF5010"]);
    const many = Array.from({ length: 1_000_001 }, () => instruction("exit"));
    expect(validate(many).map((one) => one.code)).toEqual(["BPF5010"]);
    expect(validate(many.slice(1))).toEqual([]);
  });

  test("instructions that the table does not have", () => {
    const bad = { opcode: 0xff, dst: 0, src: 0, offset: 0, imm: 0 };
    expect(validate([instruction("exit"), bad]).map(({ message }) => message)).toEqual(["slot 1: unknown opcode 0xff"]);
  });
});

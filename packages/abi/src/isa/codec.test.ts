// Properties over the whole table: bytes and text both come back as they went in, and no input makes a reader throw.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assemble } from "./assemble.ts";
import { instruction, loadWide, wideImmediate } from "./build.ts";
import { decode } from "./decode.ts";
import { disassemble } from "./disassemble.ts";
import { encode } from "./encode.ts";
import type { FieldRule, InsnForm } from "./form.ts";
import type { Insn } from "./insn.ts";
import { insnTable } from "./opcodes.ts";

function anyField(rule: FieldRule, min: number, max: number): fc.Arbitrary<number> {
  if (rule === "register") return fc.nat(10);
  return rule === "any" ? fc.integer({ min, max }) : fc.constant(rule);
}

function anyOfForm(form: InsnForm): fc.Arbitrary<Insn> {
  const imm = (rule: FieldRule) => anyField(rule, -0x8000_0000, 0x7fff_ffff);
  const fields = {
    opcode: fc.constant(form.opcode),
    dst: anyField(form.dst, 0, 0),
    src: anyField(form.src, 0, 0),
    offset: anyField(form.offset, -0x8000, 0x7fff),
    imm: imm(form.imm),
  };
  return form.nextImm === undefined ? fc.record(fields) : fc.record({ ...fields, nextImm: imm(form.nextImm) });
}

const anyInsn = fc.constantFrom(...insnTable).chain(anyOfForm);
const helperName = (number: number) => (number % 2 === 0 ? `bpf_helper_${Math.abs(number)}` : undefined);

describe("codec", () => {
  test.each(insnTable)("$name: bytes and text round-trip", (form) => {
    fc.assert(
      fc.property(anyOfForm(form), (insn) => {
        expect(decode(encode([insn]))).toEqual({ insns: [insn], diagnostics: [] });
        expect(assemble(disassemble([insn], { helperName }).join("\n"))).toEqual({ insns: [insn], diagnostics: [] });
      }),
      { numRuns: 30 },
    );
  });

  test("programs round-trip", () => {
    fc.assert(
      fc.property(fc.array(anyInsn), (insns) => {
        expect(decode(encode(insns)).insns).toEqual(insns);
        expect(assemble(disassemble(insns).join("\n")).insns).toEqual(insns);
      }),
    );
  });

  test("what decodes from random bytes encodes to the same bytes, and the rest is refused with diagnostics", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const { insns, diagnostics } = decode(bytes);
        if (diagnostics.length === 0) expect(encode(insns)).toEqual(bytes);
        else expect(insns).toEqual([]);
      }),
    );
  });

  test("random text is refused with diagnostics", () => {
    const pieces = fc.constantFrom(
      "r1",
      "w2",
      " = ",
      "*(u32 *)",
      "(",
      ")",
      "+4",
      "ll",
      "goto",
      "x:",
      "\n",
      "#1",
      "0x",
      "-",
      ";",
      "é",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join("")),
        ),
        (text) => {
          const { insns, diagnostics } = assemble(text);
          if (diagnostics.length > 0) expect(insns).toEqual([]);
          for (const { at } of diagnostics) {
            expect(at?.line).toBeLessThanOrEqual(text.split("\n").length);
            expect(at?.column).toBeGreaterThanOrEqual(1);
          }
        },
      ),
    );
  });

  test("reads a part of a larger buffer", () => {
    const bytes = encode([instruction("exit"), instruction("mov64_imm", { dst: 3, imm: -1 })]);
    expect(decode(bytes.subarray(8)).insns).toEqual([{ opcode: 0xb7, dst: 3, src: 0, offset: 0, imm: -1 }]);
  });

  test("bytes as RFC 9669 lays them out", () => {
    const insns = [instruction("ldx_u16", { dst: 2, src: 10, offset: -2 }), loadWide(1, 0x1122334455667788n)];
    expect(Buffer.from(encode(insns)).toString("hex")).toBe("69a2feff000000001801000088776655" + "0000000044332211");
    expect(insns.map(wideImmediate)[1]).toBe(0x1122334455667788n);
  });

  test.each([
    ["0f0000", "BPF5001", "3 bytes"],
    ["ff00000000000000", "BPF5002", "slot 0: unknown opcode 0xff"],
    ["8d00000000000000", "BPF5002", "slot 0: unknown opcode 0x8d"],
    ["95000000000000000400010000000000", "BPF5003", "slot 1: opcode 0x04: reserved field offset is 1, not 0"],
    ["b70b000000000000", "BPF5004", "slot 0: opcode 0xb7: dst names register 11"],
    ["1800000000000000", "BPF5005", "ends in the middle"],
    ["18000000000000009500000000000000", "BPF5005", "slot 1: opcode of the second half"],
    ["dc00000030000000", "BPF5006", "slot 0: opcode 0xdc: imm is 48; defined are 16, 32, 64"],
    ["8530000000000000", "BPF5006", "src is 3; defined are 0, 1, 2"],
    ["c300000002000000", "BPF5006", "imm is 2; defined are 0, 1, 64"],
  ])("%s is refused as %s", (hex, code, message) => {
    const { insns, diagnostics } = decode(Uint8Array.from(Buffer.from(hex, "hex")));
    expect(insns).toEqual([]);
    expect(diagnostics.map((one) => one.code)).toEqual([code]);
    expect(diagnostics[0]?.message).toContain(message);
  });

  test("a flood of bad instructions does not flood the caller", () => {
    expect(decode(new Uint8Array(80_000).fill(0xff)).diagnostics).toHaveLength(100);
  });

  test("instructions that the table does not have are bugs of the caller", () => {
    const bad = { opcode: 0xff, dst: 0, src: 0, offset: 0, imm: 0 };
    expect(() => encode([bad])).toThrow("encode: slot 0");
    expect(() => encode([instruction("exit"), { ...instruction("mov64_imm"), imm: 2 ** 31 }])).toThrow(
      "encode: slot 1",
    );
    expect(() => disassemble([bad])).toThrow("disassemble: no instruction");
    expect(() => instruction("mov64_imm", { dst: 11 })).toThrow("mov64_imm cannot have dst 11");
    expect(() => instruction("mov64_imm", { imm: 2 ** 31 })).toThrow("cannot have imm");
    expect(() => instruction("exit", { nextImm: 1 })).toThrow("one slot");
  });
});

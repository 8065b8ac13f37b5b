// The fast arithmetic on halves against its meaning in `semantics.ts`, on values at every edge, in every form.
import {
  alu,
  branchTaken,
  byteOrder,
  type Insn,
  type InsnForm,
  type InsnOperands,
  insnTable,
  instruction,
  loadWide,
} from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { runRaw } from "../raw.ts";

const edges = [
  0n,
  1n,
  2n,
  31n,
  32n,
  63n,
  64n,
  0x7fn,
  0x80n,
  0xffffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0000n,
];
const wideEdges = [
  0x0123_4567_89ab_cdefn,
  0x7fff_ffff_ffff_ffffn,
  0x8000_0000_0000_0000n,
  0xffff_ffff_8000_0000n,
  0xffff_ffff_ffff_ffffn,
];
const values = [...edges, ...wideEdges];
const immediates = [0, 1, -1, 31, 32, 63, 0x7fff_ffff, -0x8000_0000, 0x1234];

function result(insns: readonly Insn[], dst: bigint, src: bigint): bigint {
  return runRaw({ program: [loadWide(0, dst), loadWide(1, src), ...insns, instruction("exit")] }).r0;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

describe("arithmetic", () => {
  const forms = insnTable.filter((form) => form.action.kind === "alu");
  test.each(forms.map((form) => [form.name, form] as const))("%s", (_, form) => {
    const { action } = form;
    if (action.kind !== "alu") throw new Error("not reached");
    for (const dst of values) {
      if (action.source === "reg") {
        for (const src of values) {
          const got = result([instruction(form.name, { dst: 0, src: 1 })], dst, src);
          expect(hex(got), `${hex(dst)}, ${hex(src)}`).toBe(hex(alu(action.op, action.width, dst, src)));
        }
        const same = result([instruction(form.name, { dst: 0, src: 0 })], dst, 0n);
        expect(hex(same), `${hex(dst)} with itself`).toBe(hex(alu(action.op, action.width, dst, dst)));
      } else {
        for (const imm of action.op === "neg" ? [0] : immediates) {
          const got = result([instruction(form.name, { dst: 0, imm })], dst, 0n);
          expect(hex(got), `${hex(dst)}, ${imm}`).toBe(
            hex(alu(action.op, action.width, dst, BigInt.asUintN(64, BigInt(imm)))),
          );
        }
      }
    }
  });
});

describe("byte order", () => {
  const forms = insnTable.filter((form) => form.action.kind === "byteOrder");
  test.each(forms.map((form) => [form.name, form] as const))("%s", (_, form) => {
    const { action } = form;
    if (action.kind !== "byteOrder") throw new Error("not reached");
    for (const dst of values) {
      expect(hex(result([instruction(form.name, { dst: 0 })], dst, 0n))).toBe(
        hex(byteOrder(action.op, action.bits, dst)),
      );
    }
  });
});

describe("conditions", () => {
  const forms = insnTable.filter((form) => form.action.kind === "branch");
  test.each(forms.map((form) => [form.name, form] as const))("%s", (_, form) => {
    const { action } = form;
    if (action.kind !== "branch") throw new Error("not reached");
    const taken = (operands: { src?: number; imm?: number }, dst: bigint, src: bigint): boolean =>
      result(
        [
          instruction(form.name, { dst: 0, offset: 2, ...operands }),
          instruction("mov64_imm", { dst: 0, imm: 0 }),
          instruction("exit"),
          instruction("mov64_imm", { dst: 0, imm: 1 }),
        ],
        dst,
        src,
      ) === 1n;
    for (const dst of values) {
      if (action.source === "reg") {
        for (const src of values)
          expect(taken({ src: 1 }, dst, src)).toBe(branchTaken(action.op, action.width, dst, src));
      } else {
        for (const imm of immediates)
          expect(taken({ imm }, dst, 0n)).toBe(
            branchTaken(action.op, action.width, dst, BigInt.asUintN(64, BigInt(imm))),
          );
      }
    }
  });
});

/** Operands with which a form runs on its own: registers that point to memory, jumps that go to the next slot. */
function operandsFor({ name, dst, src, offset, action }: InsnForm): InsnOperands {
  const pointer = ["store", "atomic", "storeRelease"].includes(action.kind);
  const jumps = ["branch", "goto", "mayGoto"].includes(action.kind);
  return {
    ...(dst === "register" && { dst: pointer ? 10 : 3 }),
    ...(src === "register" && { src: pointer ? 3 : 10 }),
    ...(offset === "any" && { offset: jumps ? 0 : -8 }),
    ...(name === "call_local" && { imm: 1 }),
    ...(name === "lddw_function" && { imm: 2 }),
  };
}

describe("the whole table", () => {
  const refused = /^(addr_space_cast_to_.|call_kfunc|call_helper|lddw_(?!function).*)$/;
  test.each(insnTable.map((form) => [form.name, form] as const))("%s runs or is refused by name", (name, form) => {
    const insns = [instruction(name, operandsFor(form)), instruction("exit"), instruction("exit")];
    const run = (): unknown => runRaw({ program: insns, memory: new Uint8Array(8) });
    if (refused.test(name)) expect(run).toThrow(/BPF61(10|12|14)/);
    else expect(run).not.toThrow();
  });
});

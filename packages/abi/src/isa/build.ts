// Makes an instruction by name: opcode and fixed fields come from the table, the operands from the caller.
// Takes operands that the form has; anything else is a bug of the caller and throws. Ensures formOf(result) is the row.
import type { FieldName, FieldRule, InsnForm, InsnName } from "./form.ts";
import type { Insn } from "./insn.ts";
import { formNamed, obeys } from "./opcodes.ts";

/** Operands of an instruction; those left out are zero. */
export interface InsnOperands {
  readonly dst?: number;
  readonly src?: number;
  readonly offset?: number;
  readonly imm?: number;
  readonly nextImm?: number;
}

/** Bounds of each field as stored: registers 4 bits, offset 16 signed, immediates 32 signed. */
export const fieldBounds = {
  dst: [0, 15],
  src: [0, 15],
  offset: [-0x8000, 0x7fff],
  imm: [-0x8000_0000, 0x7fff_ffff],
  nextImm: [-0x8000_0000, 0x7fff_ffff],
} as const satisfies Record<FieldName, readonly [number, number]>;

/** True when the value is an integer that the field can hold. */
export function fitsField(field: FieldName, value: number): boolean {
  const [low, high] = fieldBounds[field];
  return Number.isInteger(value) && value >= low && value <= high;
}

function fieldValue(form: InsnForm, field: FieldName, rule: FieldRule, given: number | undefined): number {
  const value = given ?? (typeof rule === "number" ? rule : 0);
  if (!fitsField(field, value) || !obeys(rule, value))
    throw new Error(`isa: ${form.name} cannot have ${field} ${value}`);
  return value;
}

/** The instruction of that name with these operands. Throws an Error on operands that it cannot have: a compiler bug. */
export function instruction(name: InsnName, operands: InsnOperands = {}): Insn {
  const form = formNamed(name);
  const value = (field: FieldName, rule: FieldRule) => fieldValue(form, field, rule, operands[field]);
  const insn = {
    opcode: form.opcode,
    dst: value("dst", form.dst),
    src: value("src", form.src),
    offset: value("offset", form.offset),
    imm: value("imm", form.imm),
  };
  if (form.nextImm !== undefined) return { ...insn, nextImm: value("nextImm", form.nextImm) };
  if (operands.nextImm !== undefined) throw new Error(`isa: ${form.name} takes one slot and no second immediate`);
  return insn;
}

/** `dst = value` as a wide instruction; the value is taken modulo 2^64. */
export function loadWide(dst: number, value: bigint): Insn {
  return instruction("lddw", {
    dst,
    imm: Number(BigInt.asIntN(32, value)),
    nextImm: Number(BigInt.asIntN(32, value >> 32n)),
  });
}

/** The 64-bit immediate of a wide instruction, as an unsigned number. */
export function wideImmediate(insn: Insn): bigint {
  return (BigInt.asUintN(32, BigInt(insn.nextImm ?? 0)) << 32n) | BigInt.asUintN(32, BigInt(insn.imm));
}

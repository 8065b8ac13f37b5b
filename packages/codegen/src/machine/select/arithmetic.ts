// Selection of integer operations. BPF arithmetic is two-address: a copy into the result's register, then the operation
// on it; the allocator removes the copy where the operand dies. 32-bit forms read low halves and clear the upper half.
import type { Span } from "@typebpf/abi";
import { aluOf } from "../../ir/evaluate.ts";
import type { BinaryInst, UnaryInst, ValueId } from "../../ir/function.ts";
import { type BinaryName, type BinaryOp, commutative, splitOp } from "../../ir/ops.ts";
import { alu, constant, inPlace, type Operand } from "../build.ts";
import type { MirInst, Register } from "../mir.ts";
import { expandSignedDivision } from "./division.ts";
import { selectRotation } from "./rotate.ts";
import type { Selection } from "./state.ts";

interface Binary {
  readonly name: BinaryName;
  readonly width: 32 | 64;
  readonly left: ValueId;
  readonly right: ValueId;
  readonly at: Span;
}

/** `dst = left op right`. */
export function selectBinary(sel: Selection, inst: BinaryInst, dst: Register, out: MirInst[]): void {
  if (selectRotation(sel, inst, dst, out)) return;
  const { name, width } = narrowed(sel, inst);
  emitBinary(sel, { ...oriented(sel, name, width, inst.args), name, width, at: inst.at }, dst, out);
}

function emitBinary(sel: Selection, op: Binary, dst: Register, out: MirInst[]): void {
  const isShift = op.name === "shl" || op.name === "lshr" || op.name === "ashr";
  const left = op.width === 32 ? sel.low(op.left, 32) : op.left;
  const right = op.width === 32 && !isShift ? sel.low(op.right, 32) : op.right;
  if ((op.name === "sdiv" || op.name === "smod") && sel.isa < 4) {
    const operands = { left: sel.use(left, out, op.at), right: sel.use(right, out, op.at) };
    expandSignedDivision(sel, { name: op.name, width: op.width, ...operands, at: op.at }, dst, out);
    return;
  }
  // Constant divisors of zero and shift counts of the width and more are not in the instruction set.
  const known = sel.facts.constant(right);
  if (known !== undefined && isDivision(op.name) && BigInt.asUintN(op.width, known) === 0n) {
    divideByZero(sel, { ...op, left }, dst, out);
    return;
  }
  const operand: Operand =
    known !== undefined && isShift
      ? { kind: "immediate", value: Number(known & BigInt(op.width - 1)) }
      : sel.operand(right, op.width, out, op.at);
  sel.moveInto(dst, left, out, op.at);
  // Of one value with itself: both are in the result's register by now.
  const second = left === right && operand.kind === "register" ? { ...operand, register: dst } : operand;
  out.push(alu(aluOf[op.name], op.width, dst, second, op.at));
}

function isDivision(name: BinaryName): boolean {
  return name === "udiv" || name === "sdiv" || name === "umod" || name === "smod";
}

/** The quotient is 0, the remainder the dividend. */
function divideByZero(sel: Selection, op: Binary, dst: Register, out: MirInst[]): void {
  if (op.name === "udiv" || op.name === "sdiv") out.push(constant(dst, 0n, op.at));
  else if (op.width === 64) sel.moveInto(dst, op.left, out, op.at);
  else zeroExtend(sel, op.left, dst, out, op.at);
}

/** Constants go to the right, where they can be immediates. */
function oriented(
  sel: Selection,
  name: BinaryName,
  width: 32 | 64,
  [left, right]: readonly [ValueId, ValueId],
): { readonly left: ValueId; readonly right: ValueId } {
  const op: BinaryOp = `${name}${width}`;
  const exchange =
    commutative.has(op) && sel.facts.constant(left) !== undefined && sel.facts.constant(right) === undefined;
  return exchange ? { left: right, right: left } : { left, right };
}

/** A 64-bit operation as a 32-bit one where the result is the same and an immediate fits only there. */
function narrowed(sel: Selection, inst: BinaryInst): { readonly name: BinaryName; readonly width: 32 | 64 } {
  const { name, width } = splitOp<BinaryName>(inst.op);
  if (width === 32 || !(name === "and" || name === "or" || name === "xor")) return { name, width };
  const [left, right] = inst.args.map((arg) => sel.facts.bits(arg));
  const constants = inst.args.map((arg) => sel.facts.constant(arg)).filter((value) => value !== undefined);
  const fitsOnly32 = constants.some((value) => value >= 1n << 31n && value < 1n << 32n);
  const same = name === "and" ? Math.min(left ?? 64, right ?? 64) <= 32 : Math.max(left ?? 64, right ?? 64) <= 32;
  return { name, width: fitsOnly32 && same ? 32 : 64 };
}

const narrowable: ReadonlySet<BinaryName> = new Set<BinaryName>(["add", "sub", "mul", "and", "or", "xor"]);

function zeroExtend(sel: Selection, value: ValueId, dst: Register, out: MirInst[], at: Span): void {
  const source = sel.low(value, 32);
  const inst = sel.instOf(source);
  if (inst && sel.needed(source) === undefined && sel.usedOnce(source) && isNarrowable(inst)) {
    // The low half of a sum, product … depends on low halves only: compute it with a 32-bit operation at once.
    const { name } = splitOp<BinaryName>(inst.op);
    emitBinary(sel, { ...oriented(sel, name, 32, inst.args), name, width: 32, at: inst.at }, dst, out);
  } else if (sel.facts.bits(source) <= 32) sel.moveInto(dst, source, out, at);
  else out.push(alu("mov", 32, dst, { kind: "register", register: sel.use(source, out, at) }, at));
}

function isNarrowable(inst: { readonly op: string }): inst is BinaryInst {
  return inst.op.endsWith("64") && narrowable.has(inst.op.slice(0, -2) as BinaryName);
}

/** `dst` = the low `bits` of itself, sign-extended, by shifts. */
export function signExtendByShifts(dst: Register, bits: number, at: Span): readonly MirInst[] {
  const count: Operand = { kind: "immediate", value: 64 - bits };
  return [alu("lsh", 64, dst, count, at), alu("arsh", 64, dst, count, at)];
}

const MOVSX = { 8: "movsx8_64", 16: "movsx16_64", 32: "movsx32_64" } as const;

function signExtend(sel: Selection, value: ValueId, bits: 8 | 16 | 32, dst: Register, out: MirInst[], at: Span): void {
  const source = sel.low(value, bits);
  if (sel.isa >= 4) out.push({ name: MOVSX[bits], dst, src: sel.use(source, out, at), at });
  else {
    sel.moveInto(dst, source, out, at);
    out.push(...signExtendByShifts(dst, bits, at));
  }
}

/** `dst = op operand`. Extensions that change nothing never come here. */
export function selectUnary(sel: Selection, inst: UnaryInst, dst: Register, out: MirInst[]): void {
  const [operand] = inst.args;
  const { at } = inst;
  const change = (bits: number, name: Parameters<typeof inPlace>[0]): void => {
    sel.moveInto(dst, sel.low(operand, bits), out, at);
    out.push(inPlace(name, dst, at));
  };
  switch (inst.op) {
    case "zext32":
      zeroExtend(sel, operand, dst, out, at);
      break;
    case "sext8":
      signExtend(sel, operand, 8, dst, out, at);
      break;
    case "sext16":
      signExtend(sel, operand, 16, dst, out, at);
      break;
    case "sext32":
      signExtend(sel, operand, 32, dst, out, at);
      break;
    case "swap16":
      change(16, "be16");
      break;
    case "swap32":
      change(32, "be32");
      break;
    case "swap64":
      change(64, "be64");
      break;
    case "neg32":
      change(32, "neg32");
      break;
    case "neg64":
      change(64, "neg64");
      break;
  }
}

// The value of an integer operation or a condition on known operands, for the interpreter and the constant folder.
// Values are unsigned 64-bit bigints. The rules are those of `isa/semantics.ts` in abi (RFC 9669 sections 4.1 and 4.2).
import { type AluOp, alu, branchTaken, type JumpOp, signExtend, swapBytes } from "@typebpf/abi";
import { type BinaryName, type BinaryOp, type CompareName, type CompareOp, splitOp, type UnaryOp } from "./ops.ts";

/** What BPF calls each binary operation. */
export const aluOf: Readonly<Record<BinaryName, Exclude<AluOp, "neg" | "mov" | `movsx${string}`>>> = {
  add: "add",
  sub: "sub",
  mul: "mul",
  udiv: "div",
  sdiv: "sdiv",
  umod: "mod",
  smod: "smod",
  and: "and",
  or: "or",
  xor: "xor",
  shl: "lsh",
  lshr: "rsh",
  ashr: "arsh",
};

/** What BPF calls each condition. */
export const jumpOf: Readonly<Record<CompareName, JumpOp>> = {
  eq: "jeq",
  ne: "jne",
  ult: "jlt",
  ule: "jle",
  ugt: "jgt",
  uge: "jge",
  slt: "jslt",
  sle: "jsle",
  sgt: "jsgt",
  sge: "jsge",
  set: "jset",
};

const unary: Readonly<Record<UnaryOp, (value: bigint) => bigint>> = {
  zext32: (value) => BigInt.asUintN(32, value),
  sext8: (value) => signExtend(8, value),
  sext16: (value) => signExtend(16, value),
  sext32: (value) => signExtend(32, value),
  swap16: (value) => swapBytes(16, value),
  swap32: (value) => swapBytes(32, value),
  swap64: (value) => swapBytes(64, value),
  neg64: (value) => alu("neg", 64, value, 0n),
  neg32: (value) => alu("neg", 32, value, 0n),
};

/** The result of a binary operation, 0 ≤ result < 2^64. */
export function evaluateBinary(op: BinaryOp, left: bigint, right: bigint): bigint {
  const { name, width } = splitOp<BinaryName>(op);
  return alu(aluOf[name], width, left, right);
}

/** The result of a unary operation, 0 ≤ result < 2^64. */
export function evaluateUnary(op: UnaryOp, value: bigint): bigint {
  return unary[op](value);
}

/** Whether the condition holds. */
export function evaluateCompare(op: CompareOp, left: bigint, right: bigint): boolean {
  const { name, width } = splitOp<CompareName>(op);
  return branchTaken(jumpOf[name], width, left, right);
}

// Signed division and remainder where the instruction set has none (before version 4): divide magnitudes, then set the
// sign. With s = x >> (width-1), |x| = (x ^ s) - s, which for the most negative number is right as an unsigned number.
// A zero divisor gives quotient 0 ((0 ^ s) - s is 0 or, for s = -1, -1 + 1) and the dividend as remainder (RFC 9669, 4.1).
import type { Span } from "@typebpf/abi";
import { alu, move, type Operand } from "../build.ts";
import type { MirInst, Register } from "../mir.ts";
import type { Selection } from "./state.ts";

/** A signed division of registers, which it leaves as they are. */
export interface SignedDivision {
  readonly name: "sdiv" | "smod";
  readonly width: 32 | 64;
  readonly left: Register;
  readonly right: Register;
  readonly at: Span;
}

function inRegister(register: Register): Operand {
  return { kind: "register", register };
}

/** `dst = left / right` or `left % right`, truncated towards zero. */
export function expandSignedDivision(sel: Selection, op: SignedDivision, dst: Register, out: MirInst[]): void {
  const { width, at } = op;
  const signOf = (value: Register): Register => {
    const sign = sel.fresh();
    out.push(move(sign, value, at), alu("arsh", width, sign, { kind: "immediate", value: width - 1 }, at));
    return sign;
  };
  /** Negates `value` where `sign` is -1. */
  const applySign = (value: Register, sign: Register): void => {
    out.push(alu("xor", width, value, inRegister(sign), at), alu("sub", width, value, inRegister(sign), at));
  };
  const divisor = sel.fresh();
  const signLeft = signOf(op.left);
  const signRight = signOf(op.right);
  out.push(move(dst, op.left, at));
  applySign(dst, signLeft);
  out.push(move(divisor, op.right, at));
  applySign(divisor, signRight);
  out.push(alu(op.name === "sdiv" ? "div" : "mod", width, dst, inRegister(divisor), at));
  if (op.name === "sdiv") out.push(alu("xor", 64, signLeft, inRegister(signRight), at));
  applySign(dst, signLeft);
}

// Rotation of 32-bit values. x << k | x >> (32-k) takes two copies, two shifts and an `or`; beside itself in one 64-bit
// register, x:x, it takes one shift to the right: the low half of x:x >> (32-k) is the rotated value. The upper half is
// garbage then, so this serves only where all users look at the low half with 32-bit instructions.
import type { BinaryInst, Inst, Terminator, ValueId } from "../../ir/function.ts";
import { alu, move } from "../build.ts";
import type { MirInst, Register } from "../mir.ts";
import type { Selection } from "./state.ts";

// Not `and32`: users of a mask may look through it.
const lowHalfOnly: ReadonlySet<string> = new Set(["add32", "sub32", "mul32", "or32", "xor32"]);

/** Emits `dst` = the rotated value and gives true, if the instruction is such a rotation. */
export function selectRotation(sel: Selection, inst: BinaryInst, dst: Register, out: MirInst[]): boolean {
  const rotation = match(sel, inst);
  if (!rotation || !sel.usersOf(inst.result).every((user) => readsLowHalf(user, inst.result))) return false;
  const { at } = inst;
  const operand = sel.use(rotation.operand, out, at);
  out.push(
    move(dst, operand, at),
    alu("lsh", 64, dst, { kind: "immediate", value: 32 }, at),
    alu("or", 64, dst, { kind: "register", register: operand }, at),
    alu("rsh", 64, dst, { kind: "immediate", value: rotation.right }, at),
  );
  return true;
}

function match(sel: Selection, inst: BinaryInst): { readonly operand: ValueId; readonly right: number } | undefined {
  if (inst.op !== "or32" && inst.op !== "xor32" && inst.op !== "add32") return undefined;
  const [left, right] = inst.args.map((arg) => shiftOf(sel, arg));
  if (!left || !right || left.operand !== right.operand || left.op === right.op) return undefined;
  if (left.count + right.count !== 32 || sel.facts.bits(left.operand) > 32) return undefined;
  return { operand: left.operand, right: left.op === "lshr32" ? left.count : right.count };
}

interface Shift {
  readonly op: "shl32" | "lshr32";
  readonly operand: ValueId;
  readonly count: number;
}

/** A shift by a constant that only this use needs. */
function shiftOf(sel: Selection, value: ValueId): Shift | undefined {
  const inst = sel.instOf(value);
  if ((inst?.op !== "shl32" && inst?.op !== "lshr32") || !sel.usedOnce(value)) return undefined;
  const count = sel.facts.constant(inst.args[1]);
  return count === undefined || count < 1n || count > 31n
    ? undefined
    : { op: inst.op, operand: inst.args[0], count: Number(count) };
}

function readsLowHalf(user: Inst | Terminator, value: ValueId): boolean {
  if (user.op === "store") return user.size <= 4 && user.args[0] !== value;
  return lowHalfOnly.has(user.op);
}

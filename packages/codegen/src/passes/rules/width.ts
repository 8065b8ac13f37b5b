// Rules of extensions: 32-bit operations read only low halves and clear the upper half of their result, so most extensions that
// JavaScript's ToInt32 and ToUint32 ask for need no instruction.

import type { ValueId } from "../../ir/function.ts";
import type { BinaryOp, UnaryOp } from "../../ir/ops.ts";
import { bothWidths, type OperationRule, type RuleContext } from "./rule.ts";

const low32 = 0xffff_ffffn;

/** The value without operations that change only the bits above `bits`. */
export function withoutUpperBits(context: RuleContext, value: ValueId, bits: number): ValueId {
  const inst = context.definition(value);
  if (!inst) return value;
  switch (inst.op) {
    case "zext32":
    case "sext32":
      return bits <= 32 ? withoutUpperBits(context, inst.args[0], bits) : value;
    case "sext16":
      return bits <= 16 ? withoutUpperBits(context, inst.args[0], bits) : value;
    case "sext8":
      return bits <= 8 ? withoutUpperBits(context, inst.args[0], bits) : value;
    case "and64":
    case "and32": {
      const mask = context.constant(inst.args[1]);
      const needed = (1n << BigInt(bits)) - 1n;
      const width = inst.op === "and32" ? 32 : 64;
      return mask !== undefined && bits <= width && (mask & needed) === needed
        ? withoutUpperBits(context, inst.args[0], bits)
        : value;
    }
    default:
      return value;
  }
}

/** 64-bit operations whose low half depends on the low halves of their operands alone. */
const narrowable: readonly BinaryOp[] = ["add64", "sub64", "mul64", "and64", "or64", "xor64"];

export const widthRules: readonly OperationRule[] = [
  {
    name: "an extension of a value that already has its upper bits is the value",
    ops: ["zext32", "sext32", "sext16", "sext8"],
    apply: ({ op, left }, context) => {
      const bits = op === "zext32" ? 32n : BigInt(op.slice(4)) - 1n;
      return context.maximum(left) < 1n << bits ? left : undefined;
    },
  },
  {
    name: "an extension of a value that was extended the same way is the value",
    ops: ["sext32", "sext16", "sext8"],
    apply: ({ op, left }, context) => {
      const inst = context.definition(left);
      if (inst?.op === op) return left;
      if (inst?.op === "load" && inst.signed && inst.size * 8 <= Number(op.slice(4))) return left;
      return undefined;
    },
  },
  {
    name: "an extension reads only its low bits",
    ops: ["zext32", "sext32", "sext16", "sext8"],
    apply: ({ op, left }, context) => {
      const bits = op === "zext32" ? 32 : Number(op.slice(4));
      const inner = withoutUpperBits(context, left, bits);
      return inner === left ? undefined : context.makeUnary(op as UnaryOp, inner);
    },
  },
  {
    name: "the low half of a 64-bit operation is the 32-bit operation",
    ops: ["zext32"],
    apply: ({ left }, context) => {
      const inst = context.definition(left);
      if (!inst || context.uses(left) > 1) return undefined;
      const op = narrowable.find((one) => one === inst.op);
      if (op && "args" in inst && inst.args[0] !== undefined && inst.args[1] !== undefined)
        return context.makeBinary(`${op.slice(0, -2)}32` as BinaryOp, inst.args[0], inst.args[1]);
      if (inst.op !== "shl64") return undefined;
      const count = context.constant(inst.args[1]);
      return count !== undefined && (count & 63n) < 32n
        ? context.makeBinary("shl32", inst.args[0], inst.args[1])
        : undefined;
    },
  },
  {
    name: "32-bit operations read only low halves",
    ops: bothWidths("add", "sub", "mul", "and", "or", "xor", "shl", "lshr", "ashr", "udiv", "umod").filter((op) =>
      op.endsWith("32"),
    ),
    apply: ({ op, left, right }, context) => {
      const a = withoutUpperBits(context, left, 32);
      const b = withoutUpperBits(context, right, 32);
      return a === left && b === right ? undefined : context.makeBinary(op as BinaryOp, a, b);
    },
  },
  {
    name: "a mask of an extended value masks the value",
    ops: ["and64"],
    apply: ({ left, right }, context) => {
      const mask = context.constant(right);
      const inst = context.definition(left);
      if (mask === undefined || mask > low32 || (inst?.op !== "sext32" && inst?.op !== "zext32")) return undefined;
      return context.makeBinary("and64", inst.args[0], right);
    },
  },
  {
    name: "a 32-bit mask with a positive constant is a 64-bit mask, which needs no extension",
    ops: ["and32"],
    apply: ({ left, right }, context) => {
      const mask = context.constant(right);
      return mask !== undefined && (mask & low32) < 1n << 31n
        ? context.makeBinary("and64", left, context.makeConstant(mask & low32))
        : undefined;
    },
  },
  {
    name: "byte swaps read only their low bits",
    ops: ["swap16", "swap32"],
    apply: ({ op, left }, context) => {
      const inner = withoutUpperBits(context, left, Number(op.slice(4)));
      return inner === left ? undefined : context.makeUnary(op as UnaryOp, inner);
    },
  },
];

// Rules of and, or, exclusive or.
import type { BinaryOp } from "../../ir/ops.ts";
import { bothWidths, type OperationRule, operandsOf, type RuleContext, widthOf } from "./rule.ts";

function ones(width: 32 | 64): bigint {
  return (1n << BigInt(width)) - 1n;
}

/** The value as an operand of this width gives it: itself, or its zero-extended low half. */
function low(context: RuleContext, value: number, width: 32 | 64): number {
  return width === 64 ? value : context.makeUnary("zext32", value);
}

export const bitwiseRules: readonly OperationRule[] = [
  {
    name: "x & 0 is 0, x & x is x, x & -1 is x, and a mask that covers all bits that x can have is no mask",
    ops: bothWidths("and"),
    apply: ({ op, left, right }, context) => {
      const width = widthOf(op);
      if (left === right) return low(context, left, width);
      const constant = context.constant(right);
      if (constant === undefined) return undefined;
      const mask = constant & ones(width);
      if (mask === 0n) return context.makeConstant(0n);
      if (mask === ones(width)) return low(context, left, width);
      // 2^n - 1 with x < 2^n.
      const isLowMask = (mask & (mask + 1n)) === 0n;
      return isLowMask && context.visibleMaximum(left) <= mask ? left : undefined;
    },
  },
  {
    name: "x | 0, x ^ 0 is x; x | x is x; x ^ x is 0",
    ops: bothWidths("or", "xor"),
    apply: ({ op, left, right }, context) => {
      const width = widthOf(op);
      const constant = context.constant(right);
      if (constant !== undefined && (constant & ones(width)) === 0n) return low(context, left, width);
      if (left !== right) return undefined;
      return op.startsWith("or") ? low(context, left, width) : context.makeConstant(0n);
    },
  },
  {
    name: "(x op a) op b is x op (a op b)",
    ops: bothWidths("and", "or", "xor"),
    apply: ({ op, left, right }, context) => {
      const outer = context.constant(right);
      const inner = operandsOf(context, left, op);
      const constant = inner && context.constant(inner[1]);
      if (outer === undefined || !inner || constant === undefined) return undefined;
      const combine = { a: outer & constant, o: outer | constant, x: outer ^ constant }[op.charAt(0)] ?? 0n;
      return context.makeBinary(op as BinaryOp, inner[0], context.makeConstant(combine));
    },
  },
  {
    name: "a 64-bit mask of a 32-bit mask is one mask",
    ops: ["and64"],
    apply: ({ left, right }, context) => {
      const mask = context.constant(right);
      const shift = operandsOf(context, left, "and32");
      const inner = shift && context.constant(shift[1]);
      if (mask === undefined || !shift || inner === undefined) return undefined;
      return context.makeBinary("and64", shift[0], context.makeConstant(mask & inner & ones(32)));
    },
  },
];

// Rules of addition, multiplication, division and shifts.
import type { BinaryOp } from "../../ir/ops.ts";
import { bothWidths, type Operation, type OperationRule, operandsOf, type RuleContext, widthOf } from "./rule.ts";

const all64 = (1n << 64n) - 1n;

function named(name: string, width: 32 | 64): BinaryOp {
  return `${name}${width}` as BinaryOp;
}

/** The value itself, or its low half where the operation has 32 bits. */
function identity(context: RuleContext, { op, left }: Operation): number {
  return widthOf(op) === 64 ? left : context.makeUnary("zext32", left);
}

function rightConstant(context: RuleContext, operation: Operation): bigint | undefined {
  const value = context.constant(operation.right);
  return value === undefined ? undefined : BigInt.asUintN(widthOf(operation.op), value);
}

function log2(value: bigint): bigint | undefined {
  return value > 0n && (value & (value - 1n)) === 0n ? BigInt(value.toString(2).length - 1) : undefined;
}

/** Rules in the order in which they are tried. */
export const arithmeticRules: readonly OperationRule[] = [
  {
    name: "x + 0, x - 0, x << 0, x >> 0 is x",
    ops: bothWidths("add", "sub", "shl", "lshr", "ashr"),
    apply: (operation, context) =>
      rightConstant(context, operation) === 0n ? identity(context, operation) : undefined,
  },
  {
    name: "x - x is 0",
    ops: bothWidths("sub"),
    apply: ({ left, right }, context) => (left === right ? context.makeConstant(0n) : undefined),
  },
  {
    name: "x - c is x + -c",
    ops: bothWidths("sub"),
    apply: (operation, context) => {
      const value = rightConstant(context, operation);
      if (value === undefined) return undefined;
      const width = widthOf(operation.op);
      // Sign-extended, so that it stays a 32-bit immediate.
      const minus = BigInt.asUintN(64, BigInt.asIntN(width, -value));
      return context.makeBinary(named("add", width), operation.left, context.makeConstant(minus));
    },
  },
  {
    name: "(x + a) + b is x + (a + b)",
    ops: bothWidths("add"),
    apply: (operation, context) => {
      const outer = context.constant(operation.right);
      const inner = operandsOf(context, operation.left, operation.op as BinaryOp);
      const constant = inner && context.constant(inner[1]);
      if (outer === undefined || !inner || constant === undefined) return undefined;
      const sum = BigInt.asUintN(64, BigInt.asIntN(widthOf(operation.op), outer + constant));
      return context.makeBinary(operation.op as BinaryOp, inner[0], context.makeConstant(sum));
    },
  },
  {
    name: "x * 0 is 0, x * 1 is x, x * 2^n is x << n",
    ops: bothWidths("mul"),
    apply: (operation, context) => {
      const value = rightConstant(context, operation);
      if (value === undefined) return undefined;
      if (value === 0n) return context.makeConstant(0n);
      const power = log2(value);
      if (power === undefined) return undefined;
      if (power === 0n) return identity(context, operation);
      return context.makeBinary(named("shl", widthOf(operation.op)), operation.left, context.makeConstant(power));
    },
  },
  {
    name: "x / 2^n is x >> n, x % 2^n is x & (2^n - 1), unsigned",
    ops: bothWidths("udiv", "umod"),
    apply: (operation, context) => {
      const value = rightConstant(context, operation);
      const power = value === undefined ? undefined : log2(value);
      if (value === undefined || power === undefined) return undefined;
      const width = widthOf(operation.op);
      if (operation.op.startsWith("umod"))
        return context.makeBinary(named("and", width), operation.left, context.makeConstant(value - 1n));
      if (power === 0n) return identity(context, operation);
      return context.makeBinary(named("lshr", width), operation.left, context.makeConstant(power));
    },
  },
  {
    name: "signed division of two values that are not negative is unsigned",
    ops: ["sdiv64", "smod64"],
    apply: ({ op, left, right }, context) => {
      const limit = 1n << 63n;
      if (context.maximum(left) >= limit || context.maximum(right) >= limit) return undefined;
      return context.makeBinary(op === "sdiv64" ? "udiv64" : "umod64", left, right);
    },
  },
  {
    name: "signed shift right of a value that is not negative is unsigned",
    ops: ["ashr64", "ashr32"],
    apply: ({ op, left, right }, context) => {
      const width = widthOf(op);
      if (context.maximum(left) >= 1n << BigInt(width - 1)) return undefined;
      return context.makeBinary(named("lshr", width), left, right);
    },
  },
  {
    name: "(x << a) << b is x << (a + b), (x >> a) >> b is x >> (a + b)",
    ops: bothWidths("shl", "lshr"),
    apply: (operation, context) => {
      const outer = rightConstant(context, operation);
      const inner = operandsOf(context, operation.left, operation.op);
      const constant = inner && context.constant(inner[1]);
      if (outer === undefined || !inner || constant === undefined) return undefined;
      const width = BigInt(widthOf(operation.op));
      const total = (outer & (width - 1n)) + (constant & (width - 1n));
      if (total >= width) return context.makeConstant(0n);
      return context.makeBinary(operation.op as BinaryOp, inner[0], context.makeConstant(total));
    },
  },
  {
    name: "x >> n is 0 where x < 2^n",
    ops: bothWidths("lshr"),
    apply: (operation, context) => {
      const count = rightConstant(context, operation);
      if (count === undefined || count >= BigInt(widthOf(operation.op))) return undefined;
      const maximum = context.maximum(operation.left);
      return maximum < 1n << count && maximum <= all64 ? context.makeConstant(0n) : undefined;
    },
  },
];

// Rules of byte order: swaps fold into constants, so that comparing a big-endian field with a constant costs no swap.
import { evaluateUnary } from "../../ir/evaluate.ts";
import type { ValueId } from "../../ir/function.ts";
import type { UnaryOp } from "../../ir/ops.ts";
import { type ConditionRule, type OperationRule, operandsOf, type RuleContext } from "./rule.ts";

const swaps = ["swap16", "swap32", "swap64"] as const satisfies readonly UnaryOp[];
type Swap = (typeof swaps)[number];

function bitsOf(swap: Swap): bigint {
  return BigInt(swap.slice(4));
}

function fits(value: bigint, swap: Swap): boolean {
  return value < 1n << bitsOf(swap);
}

/** The operand of a byte swap, with the swap, where the operand has no bits above it. */
function swapOf(context: RuleContext, value: ValueId): { readonly swap: Swap; readonly operand: ValueId } | undefined {
  const inst = context.definition(value);
  const swap = swaps.find((name) => name === inst?.op);
  if (!swap || !inst || !("args" in inst) || inst.args[0] === undefined) return undefined;
  return fits(context.maximum(inst.args[0]), swap) ? { swap, operand: inst.args[0] } : undefined;
}

/** A 32-bit condition does not see the upper half of a swapped 64-bit value. */
function seesAll(compare: string, swap: Swap): boolean {
  return compare.endsWith("64") || swap !== "swap64";
}

export const endianRules: readonly OperationRule[] = [
  {
    name: "swapping twice is the value",
    ops: swaps,
    apply: ({ op, left }, context) => {
      const inner = operandsOf(context, left, op);
      return inner && context.maximum(inner[0]) < 1n << BigInt(op.slice(4)) ? inner[0] : undefined;
    },
  },
  {
    name: "the top byte of a swapped value is the low byte of the value",
    ops: ["lshr64", "lshr32"],
    apply: ({ left, right }, context) => {
      const found = swapOf(context, left);
      const count = context.constant(right);
      if (!found || count === undefined || count !== bitsOf(found.swap) - 8n) return undefined;
      return context.makeBinary("and64", found.operand, context.makeConstant(0xffn));
    },
  },
  {
    name: "masking a swapped value that is only tested for equality masks before the swap",
    ops: ["and64"],
    apply: ({ left, right }, context) => {
      const mask = context.constant(right);
      const found = swapOf(context, left);
      if (mask === undefined || !found || context.uses(left) > 1 || !fits(mask, found.swap)) return undefined;
      const swapped = context.makeConstant(evaluateUnary(found.swap, mask));
      return context.makeUnary(found.swap, context.makeBinary("and64", found.operand, swapped));
    },
  },
];

export const endianConditions: readonly ConditionRule[] = [
  {
    name: "a swapped value equals a constant where the value equals the swapped constant",
    apply: ({ compare, left, right }, context) => {
      if (!/^(eq|ne|set)/.test(compare)) return undefined;
      const found = swapOf(context, left);
      const constant = context.constant(right);
      if (!found || constant === undefined || !seesAll(compare, found.swap)) return undefined;
      // Where the swapped value is read elsewhere, it costs nothing, and the kernel must see what it is.
      if (context.isRead(left)) return undefined;
      // Bits above the swap are zero on the left.
      if (!fits(constant, found.swap)) {
        if (compare === "eq64" || compare === "eq32") return compare === "eq32" ? undefined : false;
        return compare === "ne64" ? true : undefined;
      }
      return { compare, left: found.operand, right: context.makeConstant(evaluateUnary(found.swap, constant)) };
    },
  },
  {
    name: "two swapped values are equal where the values are",
    apply: ({ compare, left, right }, context) => {
      if (!/^(eq|ne)/.test(compare)) return undefined;
      const a = swapOf(context, left);
      const b = swapOf(context, right);
      return a && b && a.swap === b.swap && seesAll(compare, a.swap)
        ? { compare, left: a.operand, right: b.operand }
        : undefined;
    },
  },
];

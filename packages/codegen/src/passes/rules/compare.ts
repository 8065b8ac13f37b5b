// Rules of conditions.
import { evaluateCompare } from "../../ir/evaluate.ts";
import { type CompareOp, swapCompare } from "../../ir/ops.ts";
import { type ConditionRule, operandsOf, type RuleContext } from "./rule.ts";
import { withoutUpperBits } from "./width.ts";

const half = 1n << 63n;

function isEquality(compare: CompareOp): boolean {
  return compare.startsWith("eq") || compare.startsWith("ne");
}

/** The bounds of an unsigned comparison with a constant decide it. */
function decide(compare: CompareOp, maximum: bigint, constant: bigint): boolean | undefined {
  switch (compare) {
    case "ugt64":
      return maximum <= constant ? false : undefined;
    case "uge64":
      return maximum < constant ? false : constant === 0n ? true : undefined;
    case "ult64":
      return maximum < constant ? true : constant === 0n ? false : undefined;
    case "ule64":
      return maximum <= constant ? true : undefined;
    case "eq64":
      return maximum < constant ? false : undefined;
    case "ne64":
      return maximum < constant ? true : undefined;
    default:
      return undefined;
  }
}

/** A pointer that was stored whole, 8 bytes, may have been null; those of the context are narrower. */
function isPointerDefinition(context: RuleContext, value: number): boolean {
  const inst = context.definition(value);
  if (!inst) return false;
  return (
    inst.op === "ptradd" ||
    inst.op === "slot" ||
    inst.op === "map" ||
    inst.op === "address" ||
    (inst.op === "load" && inst.type !== "i64" && inst.size < 8)
  );
}

export const compareRules: readonly ConditionRule[] = [
  {
    name: "constants are compared now",
    apply: ({ compare, left, right }, context) => {
      const a = context.constant(left);
      const b = context.constant(right);
      return a !== undefined && b !== undefined ? evaluateCompare(compare, a, b) : undefined;
    },
  },
  {
    name: "constants stand right",
    apply: ({ compare, left, right }, context) =>
      context.constant(left) !== undefined ? { compare: swapCompare(compare), left: right, right: left } : undefined,
  },
  {
    name: "a pointer that was computed is not null",
    apply: ({ compare, left, right }, context) => {
      if (!isEquality(compare) || context.constant(right) !== 0n || !isPointerDefinition(context, left))
        return undefined;
      return compare.startsWith("ne");
    },
  },
  {
    name: "signed comparison of two values that are not negative is unsigned",
    apply: ({ compare, left, right }, context) => {
      if (!/^s(lt|le|gt|ge)64$/.test(compare)) return undefined;
      if (context.maximum(left) >= half || context.maximum(right) >= half) return undefined;
      return { compare: `u${compare.slice(1)}` as CompareOp, left, right };
    },
  },
  {
    name: "a value that is not negative against a negative constant is known",
    apply: ({ compare, left, right }, context) => {
      const constant = context.constant(right);
      if (constant === undefined || constant < half || context.maximum(left) >= half) return undefined;
      if (compare === "sgt64" || compare === "sge64") return true;
      return compare === "slt64" || compare === "sle64" ? false : undefined;
    },
  },
  {
    name: "the bounds of a value decide",
    apply: ({ compare, left, right }, context) => {
      const constant = context.constant(right);
      return constant === undefined ? undefined : decide(compare, context.visibleMaximum(left), constant);
    },
  },
  {
    name: "x < 1 is x == 0, x > 0 and x >= 1 are x != 0, unsigned",
    apply: ({ compare, left, right }, context) => {
      const constant = context.constant(right);
      if (constant === 1n && compare === "ult64") return { compare: "eq64", left, right: context.makeConstant(0n) };
      if (constant === 1n && compare === "uge64") return { compare: "ne64", left, right: context.makeConstant(0n) };
      if (constant === 0n && compare === "ugt64") return { compare: "ne64", left, right };
      return constant === 0n && compare === "ule64" ? { compare: "eq64", left, right } : undefined;
    },
  },
  {
    name: "(x & m) != 0 is one test",
    apply: ({ compare, left, right }, context) => {
      if (!/^(eq|ne)64$/.test(compare) || context.constant(right) !== 0n || context.uses(left) > 1) return undefined;
      const masked = operandsOf(context, left, "and64");
      if (!masked) return undefined;
      const condition = { compare: "set64" as const, left: masked[0], right: masked[1] };
      return compare === "ne64" ? condition : { ...condition, negate: true };
    },
  },
  {
    name: "x + a == b is x == b - a",
    apply: ({ compare, left, right }, context) => {
      if (!/^(eq|ne)64$/.test(compare)) return undefined;
      const constant = context.constant(right);
      const sum = operandsOf(context, left, "add64");
      const added = sum && context.constant(sum[1]);
      if (constant === undefined || !sum || added === undefined || context.uses(left) > 1) return undefined;
      return { compare, left: sum[0], right: context.makeConstant(BigInt.asUintN(64, constant - added)) };
    },
  },
  {
    name: "x - y == 0 is x == y, and so is x ^ y == 0",
    apply: ({ compare, left, right }, context) => {
      // Where the difference is read elsewhere, the kernel must see that it is what is zero.
      if (!/^(eq|ne)64$/.test(compare) || context.constant(right) !== 0n || context.uses(left) > 1) return undefined;
      const pair = operandsOf(context, left, "sub64") ?? operandsOf(context, left, "xor64");
      return pair ? { compare, left: pair[0], right: pair[1] } : undefined;
    },
  },
  {
    name: "32-bit conditions read only low halves",
    apply: ({ compare, left, right }, context) => {
      if (!compare.endsWith("32")) return undefined;
      const a = withoutUpperBits(context, left, 32);
      const b = withoutUpperBits(context, right, 32);
      return a === left && b === right ? undefined : { compare, left: a, right: b };
    },
  },
  {
    name: "an equality of an extended value with a constant that fits is one of low halves",
    apply: ({ compare, left, right }, context) => {
      if (!/^(eq|ne)64$/.test(compare)) return undefined;
      const constant = context.constant(right);
      const signed = operandsOf(context, left, "sext32");
      const inner = signed ?? operandsOf(context, left, "zext32");
      if (constant === undefined || !inner || context.uses(left) > 1) return undefined;
      const fits = signed ? BigInt.asUintN(64, BigInt.asIntN(32, constant)) === constant : constant < 1n << 32n;
      if (!fits) return compare === "ne64";
      const low = BigInt.asUintN(64, BigInt.asIntN(32, constant));
      return { compare: compare === "eq64" ? "eq32" : "ne32", left: inner[0], right: context.makeConstant(low) };
    },
  },
];

// Arithmetic on numbers, exact as in JavaScript: results of + - * must stay within ±(2^53-1), bitwise operators work on
// 32 bits and give sign-extended results (ECMA-262, Number::bitwiseAND and following), `%` has the sign of the dividend.
import type { Span } from "@typebpf/abi";
import type { BinaryOperator, IntegerDivisionExpr } from "../../ast/nodes.ts";
import type { ValueId } from "../../ir/function.ts";
import type { BinaryOp } from "../../ir/ops.ts";
import { assert, binary, binaryConstant, constant, constantOf, select, unary } from "../emit.ts";
import { knownRange } from "../known-range.ts";
import type { Lowering } from "../lowering.ts";
import type { SsaBuilder } from "../ssa-builder.ts";

const exact: Readonly<Partial<Record<BinaryOperator, BinaryOp>>> = { "+": "add64", "-": "sub64", "*": "mul64" };

const bitwise: Readonly<Partial<Record<BinaryOperator, BinaryOp>>> = {
  "&": "and32",
  "|": "or32",
  "^": "xor32",
  "<<": "shl32",
};

/** `left operator right` on numbers; `rightAt` is where the right operand stands. */
export function numberBinary(
  l: Lowering,
  operator: BinaryOperator,
  left: ValueId,
  right: ValueId,
  spans: { readonly at: Span; readonly rightAt: Span },
): ValueId {
  const { build } = l;
  const { at, rightAt } = spans;
  const exactOp = exact[operator];
  if (exactOp) {
    const result = binary(build, exactOp, left, right, at);
    assert(build, result, { kind: "safe" }, at);
    return result;
  }
  const bitwiseOp = bitwise[operator];
  if (bitwiseOp) return unary(build, "sext32", binary(build, bitwiseOp, left, right, at), at);
  if (operator === ">>") return binary(build, "ashr64", toInt32(build, left, at), shiftCount(build, right, at), at);
  if (operator === ">>>") return binary(build, "lshr32", left, right, at);
  if (operator === "%") {
    assert(build, right, { kind: "nonzero", what: "%" }, rightAt);
    return binary(build, "smod64", left, right, at);
  }
  throw new Error(`lower: ${operator} on numbers`);
}

/** ECMA-262 ToInt32 of an exact integer; nothing is done where the value is plainly one. */
function toInt32(build: SsaBuilder, value: ValueId, at: Span): ValueId {
  const definition = build.definition(value);
  if (definition?.op === "load" && definition.signed && definition.size <= 4) return value;
  if (definition && ["sext8", "sext16", "sext32"].includes(definition.op)) return value;
  const range = knownRange(build, value);
  return range && range.max < 1n << 31n ? value : unary(build, "sext32", value, at);
}

/** Shifts count modulo 32. */
function shiftCount(build: SsaBuilder, count: ValueId, at: Span): ValueId {
  const known = constantOf(build, count);
  return known === undefined ? binaryConstant(build, "and64", count, 31, at) : constant(build, known & 31n, at);
}

/** A division that is made an integer at once. */
export function integerDivision(
  l: Lowering,
  rounding: IntegerDivisionExpr["rounding"],
  left: ValueId,
  right: ValueId,
  spans: { readonly at: Span; readonly rightAt: Span },
): ValueId {
  const { build } = l;
  const { at, rightAt } = spans;
  const quotient = (): ValueId => binary(build, "sdiv64", left, right, at);
  switch (rounding) {
    case "int32":
      return unary(build, "sext32", quotient(), at);
    case "uint32":
      return unary(build, "zext32", quotient(), at);
    case "trunc":
      assert(build, right, { kind: "nonzero", what: "Math.trunc" }, rightAt);
      return quotient();
    case "floor":
      assert(build, right, { kind: "nonzero", what: "Math.floor" }, rightAt);
      return shiftedDown(l, left, right, at) ?? correct(l, [left, right, quotient()], "sub64", at);
    case "ceil":
      assert(build, right, { kind: "nonzero", what: "Math.ceil" }, rightAt);
      return correct(l, [left, right, quotient()], "add64", at);
    case "round":
      assert(build, right, { kind: "nonzero", what: "Math.round" }, rightAt);
      return round(l, left, right, spans);
  }
}

/** The floor of a quotient by a power of two. */
function shiftedDown({ build }: Lowering, left: ValueId, right: ValueId, at: Span): ValueId | undefined {
  const divisor = constantOf(build, right);
  if (divisor === undefined || divisor <= 0n || (divisor & (divisor - 1n)) !== 0n) return undefined;
  return binaryConstant(build, "ashr64", left, divisor.toString(2).length - 1, at);
}

/** The floor of `left / right + 1/2`; doubles give the same while twice the dividend is exact. */
function round(
  l: Lowering,
  left: ValueId,
  right: ValueId,
  { at }: { readonly at: Span; readonly rightAt: Span },
): ValueId {
  const { build } = l;
  const twice = binary(build, "add64", left, left, at);
  assert(build, twice, { kind: "safe" }, at);
  const sum = binary(build, "add64", twice, right, at);
  assert(build, sum, { kind: "safe" }, at);
  const divisor = binary(build, "add64", right, right, at);
  return correct(l, [sum, divisor, binary(build, "sdiv64", sum, divisor, at)], "sub64", at);
}

/**
 * One less ("sub64") where the quotient was rounded up: a remainder is left, and its sign is not the divisor's. Or one more
 * ("add64") where it was rounded down.
 */
function correct(
  l: Lowering,
  [left, right, quotient]: readonly [ValueId, ValueId, ValueId],
  op: "add64" | "sub64",
  at: Span,
): ValueId {
  const { build } = l;
  const remainder = binary(build, "smod64", left, right, at);
  const zero = constant(build, 0, at);
  return select(
    l,
    ["eq64", remainder, zero],
    at,
    () => quotient,
    () => {
      const signs = binary(build, "xor64", remainder, right, at);
      return select(
        l,
        [op === "sub64" ? "slt64" : "sge64", signs, zero],
        at,
        () => binaryConstant(build, op, quotient, 1, at),
        () => quotient,
      );
    },
  );
}

/** `-x` and `~x` on numbers. */
export function numberUnary(l: Lowering, operator: "-" | "~", value: ValueId, at: Span): ValueId {
  const { build } = l;
  if (operator === "-") return unary(build, "neg64", value, at);
  return unary(build, "sext32", binaryConstant(build, "xor32", value, 0xffffffffn, at), at);
}

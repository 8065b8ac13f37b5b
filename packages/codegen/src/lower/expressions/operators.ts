// Unary and binary operators, divisions, casts: chooses the meaning by the type, number or bigint.
import type { Span } from "@typebpf/abi";
import type {
  BinaryExpr,
  BinaryOperator,
  CastExpr,
  IntegerDivisionExpr,
  ToBigintExpr,
  ToNumberExpr,
  UnaryExpr,
  WrapExpr,
} from "../../ast/nodes.ts";
import type { AstType } from "../../ast/types.ts";
import type { ValueId } from "../../ir/function.ts";
import { scalar, type Value } from "../cells.ts";
import { assert } from "../emit.ts";
import type { Lowering } from "../lowering.ts";
import { bigintBinary, bigintUnary, truncate } from "./bigints.ts";
import { integerDivision, numberBinary, numberUnary } from "./numbers.ts";

/** `left operator right` on values of one type. */
export function applyBinary(
  l: Lowering,
  operator: BinaryOperator,
  type: AstType,
  operands: readonly [ValueId, ValueId],
  spans: { readonly at: Span; readonly rightAt: Span },
): ValueId {
  const [left, right] = operands;
  if (type.kind === "bigint") return bigintBinary(l, operator, type.signed, left, right, spans.at);
  return numberBinary(l, operator, left, right, spans);
}

export function lowerBinary(l: Lowering, expr: BinaryExpr): Value {
  const operands: readonly [ValueId, ValueId] = [l.scalar(expr.left), l.scalar(expr.right)];
  return scalar(applyBinary(l, expr.operator, expr.type, operands, { at: expr.at, rightAt: expr.right.at }));
}

export function lowerDivision(l: Lowering, expr: IntegerDivisionExpr): Value {
  const left = l.scalar(expr.left);
  const right = l.scalar(expr.right);
  return scalar(integerDivision(l, expr.rounding, left, right, { at: expr.at, rightAt: expr.right.at }));
}

export function lowerUnary(l: Lowering, expr: UnaryExpr): Value {
  const value = l.scalar(expr.operand);
  const apply = expr.type.kind === "bigint" ? bigintUnary : numberUnary;
  return scalar(apply(l, expr.operator, value, expr.at));
}

/** `u8(x)`: truncates, then extends by the scalar's sign. */
export function lowerCast(l: Lowering, expr: CastExpr): Value {
  return scalar(truncate(l, l.scalar(expr.value), expr.to.size * 8, expr.to.signed, expr.at));
}

/** Largest number that is exact. */
const mostExact = BigInt(Number.MAX_SAFE_INTEGER);

/** `BigInt(n)`: the same 64 bits. */
export function lowerToBigint(l: Lowering, expr: ToBigintExpr): Value {
  const value = l.scalar(expr.value);
  const isSigned = expr.type.kind === "bigint" && expr.type.signed;
  if (!isSigned) {
    assert(
      l.build,
      value,
      { kind: "within", min: 0n, max: mostExact, what: "the argument of an unsigned BigInt(…)" },
      expr.at,
    );
  }
  return scalar(value);
}

/** `Number(b)`: the same 64 bits, where they are those of an exact number. */
export function lowerToNumber(l: Lowering, expr: ToNumberExpr): Value {
  const value = l.scalar(expr.value);
  const isSigned = expr.value.type.kind === "bigint" && expr.value.type.signed;
  const min = isSigned ? -mostExact : 0n;
  assert(l.build, value, { kind: "within", min, max: mostExact, what: "the argument of Number(…)" }, expr.at);
  return scalar(value);
}

/** `BigInt.asUintN` and `BigInt.asIntN`. */
export function lowerWrap(l: Lowering, expr: WrapExpr): Value {
  return scalar(truncate(l, l.scalar(expr.value), expr.bits, expr.signed, expr.at));
}

// Divisions of numbers. `a / b` is a fraction in JavaScript, so it exists only where it is made an integer at once; the
// converters of Math.trunc, Math.floor and the bitwise operators ask here for the division they stand around.
import { ts } from "ts-morph";
import type { Expr, IntegerDivisionExpr } from "../../../ast/nodes.ts";
import { numberType } from "../../../ast/types.ts";
import { coerce } from "../coerce.ts";
import { convertExpression, evaluate, poison, type Scope, spanOf } from "../context.ts";
import { combine } from "./combine.ts";

/** The division that an expression is, parentheses aside; undefined for anything else and for constants. */
export function divisionOf(node: ts.Expression, scope: Scope): ts.BinaryExpression | undefined {
  if (ts.isParenthesizedExpression(node)) return divisionOf(node.expression, scope);
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.SlashToken) return undefined;
  return evaluate(node, scope) ? undefined : node;
}

/** `left / right` with its rounding; a division of bigints needs none. */
export function convertIntegerDivision(
  node: ts.BinaryExpression,
  rounding: IntegerDivisionExpr["rounding"],
  whole: ts.Node,
  scope: Scope,
): Expr {
  const left = convertExpression(node.left, scope);
  const right = convertExpression(node.right, scope);
  if (left.type.kind === "bigint" && right.type.kind === "bigint") return combine(left, "/", right, node, scope);
  const first = coerce(left, numberType, scope);
  const second = coerce(right, numberType, scope);
  const at = spanOf(whole, scope);
  if (first.kind === "poison" || second.kind === "poison") return poison(at);
  return { kind: "integerDivision", rounding, left: first, right: second, type: numberType, at };
}

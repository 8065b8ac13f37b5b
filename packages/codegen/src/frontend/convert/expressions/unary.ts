// Unary operators: signs and complements, negation, `++` and `--`.
import { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { booleanType, nothingType, numberType } from "../../../ast/types.ts";
import { present, settle } from "../coerce.ts";
import { convertCondition } from "../condition.ts";
import { convertExpression, evaluate, refuse, type Scope, spanOf } from "../context.ts";
import { convertPlace } from "../place.ts";
import { describeType, presentType } from "../types.ts";
import { toNumber } from "./call-library.ts";
import { convertIntegerDivision, divisionOf } from "./division.ts";

const { SyntaxKind } = ts;

/** `-x`, `~x`, `+x`, `!x`, `++x`, `--x`. */
export function convertPrefix(node: ts.PrefixUnaryExpression, scope: Scope): Expr {
  const { operator } = node;
  const at = spanOf(node, scope);
  if (operator === SyntaxKind.PlusPlusToken) return convertUpdate(node.operand, "+", true, node, scope);
  if (operator === SyntaxKind.MinusMinusToken) return convertUpdate(node.operand, "-", true, node, scope);
  if (operator === SyntaxKind.ExclamationToken) {
    const operand = convertCondition(node.operand, scope);
    return operand.kind === "poison" ? operand : { kind: "not", operand, type: booleanType, at };
  }
  const twice = operator === SyntaxKind.TildeToken ? doubleComplement(node, scope) : undefined;
  if (twice) return twice;
  const operand = present(settle(operandOf(node, scope), scope));
  if (operand.kind === "poison") return operand;
  const { kind } = operand.type;
  if (operator === SyntaxKind.PlusToken && (kind === "number" || kind === "boolean")) {
    return toNumber(operand, node, scope);
  }
  if (operator === SyntaxKind.PlusToken || (kind !== "number" && kind !== "bigint")) {
    return refuse("operands", node, scope, {
      message: `${ts.tokenToString(operator) ?? ""}${describeType(operand.type)}`,
    });
  }
  return { kind: "unary", operator: operator === SyntaxKind.MinusToken ? "-" : "~", operand, type: operand.type, at };
}

function operandOf(node: ts.PrefixUnaryExpression, scope: Scope): Expr {
  const division = node.operator === SyntaxKind.TildeToken ? divisionOf(node.operand, scope) : undefined;
  return division ? convertIntegerDivision(division, "int32", node, scope) : convertExpression(node.operand, scope);
}

/** `~~(a / b)`, another way to write `(a / b) | 0`. */
function doubleComplement(node: ts.PrefixUnaryExpression, scope: Scope): Expr | undefined {
  const { operand } = node;
  if (!ts.isPrefixUnaryExpression(operand) || operand.operator !== SyntaxKind.TildeToken) return undefined;
  const division = evaluate(node, scope) ? undefined : divisionOf(operand.operand, scope);
  return division && convertIntegerDivision(division, "int32", node, scope);
}

/** `void x`: `undefined`, after x. */
export function convertVoid(node: ts.VoidExpression, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const value = settle(convertExpression(node.expression, scope), scope);
  const nothing: Expr = { kind: "nothing", type: nothingType, at };
  return value.kind === "poison" ? value : { kind: "sequence", items: [value, nothing], type: nothingType, at };
}

/** `x++` and `x--`. */
export function convertPostfix(node: ts.PostfixUnaryExpression, scope: Scope): Expr {
  const operator = node.operator === SyntaxKind.PlusPlusToken ? "+" : "-";
  return convertUpdate(node.operand, operator, false, node, scope);
}

function convertUpdate(
  operand: ts.Expression,
  operator: "+" | "-",
  prefix: boolean,
  node: ts.Node,
  scope: Scope,
): Expr {
  const target = convertPlace(operand, scope);
  if (target.kind === "poison") return target;
  const { type } = target;
  if (type.kind !== "number" && type.kind !== "bigint") return refuse("operands", node, scope);
  return {
    kind: "update",
    target,
    operator,
    prefix,
    type: type.kind === "number" ? numberType : presentType(type),
    at: spanOf(node, scope),
  };
}

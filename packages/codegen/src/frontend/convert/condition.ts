// Conditions: any expression counted by JavaScript's truthiness. A converted condition always has type boolean; what is
// no boolean stands under two negations, `!!x`.
import { ts } from "ts-morph";
import type { Expr } from "../../ast/nodes.ts";
import { booleanType } from "../../ast/types.ts";
import { truthiness } from "../constants/operators.ts";
import { settle } from "./coerce.ts";
import { convertExpression, evaluate, poison, refuse, type Scope, spanOf } from "./context.ts";
import { isChain, withChain } from "./optional-chain.ts";

const { SyntaxKind } = ts;

/** The truth of an expression. */
export function convertCondition(node: ts.Expression, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const known = knownTruth(node, scope);
  if (known !== undefined) return { kind: "boolean", value: known, type: booleanType, at };
  if (ts.isParenthesizedExpression(node)) return convertCondition(node.expression, scope);
  if (ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.ExclamationToken) {
    const operand = convertCondition(node.operand, scope);
    return operand.kind === "poison" ? operand : { kind: "not", operand, type: booleanType, at };
  }
  if (ts.isBinaryExpression(node)) {
    const operator = logicalOperator(node.operatorToken.kind);
    if (operator) {
      // What a known left side keeps from being evaluated is not converted.
      if (knownCondition(node.left, scope) === (operator === "||")) return convertCondition(node.left, scope);
      const left = convertCondition(node.left, scope);
      const right = convertCondition(node.right, scope);
      if (left.kind === "poison" || right.kind === "poison") return poison(at);
      return { kind: "logical", operator, left, right, type: booleanType, at };
    }
  }
  if (isChain(node)) {
    const absent: Expr = { kind: "boolean", value: false, type: booleanType, at };
    return withChain(node, scope, (value) => truth(value, node, scope), absent);
  }
  return truth(convertExpression(node, scope), node, scope);
}

/** The truth of a constant. */
function knownTruth(node: ts.Expression, scope: Scope): boolean | undefined {
  const constant = scope.substitutes.has(node) ? undefined : evaluate(node, scope);
  return constant && truthiness(constant);
}

/** How a condition ends whenever it ends, though a part of it may be known at run time only; what it guards may be dead. */
export function knownCondition(node: ts.Expression, scope: Scope): boolean | undefined {
  const known = knownTruth(node, scope);
  if (known !== undefined) return known;
  if (ts.isParenthesizedExpression(node)) return knownCondition(node.expression, scope);
  if (ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.ExclamationToken) {
    const operand = knownCondition(node.operand, scope);
    return operand === undefined ? undefined : !operand;
  }
  const operator = ts.isBinaryExpression(node) ? logicalOperator(node.operatorToken.kind) : undefined;
  if (!operator || !ts.isBinaryExpression(node)) return undefined;
  const sides = [knownCondition(node.left, scope), knownCondition(node.right, scope)];
  const deciding = operator === "||";
  if (sides.includes(deciding)) return deciding;
  return sides.includes(undefined) ? undefined : !deciding;
}

function logicalOperator(token: ts.SyntaxKind): "&&" | "||" | undefined {
  if (token === SyntaxKind.AmpersandAmpersandToken) return "&&";
  return token === SyntaxKind.BarBarToken ? "||" : undefined;
}

/** The truth of a converted value. */
export function truth(value: Expr, node: ts.Node, scope: Scope): Expr {
  const { at } = value;
  if (value.kind === "poison" || (value.type.kind === "boolean" && !value.type.nullable)) return value;
  if (value.kind === "nothing") return { kind: "boolean", value: false, type: booleanType, at };
  switch (value.type.kind) {
    case "record":
    case "tuple":
      return value.type.nullable
        ? twiceNot(value)
        : refuse("operands", node, scope, { message: "an object is always true" });
    case "number":
    case "bigint":
    case "boolean":
    case "ref":
      return twiceNot(settle(value, scope));
    case "nothing":
      return refuse("noValue", node, scope);
    default:
      return refuse("operands", node, scope, { message: "an object is always true" });
  }
}

function twiceNot(operand: Expr): Expr {
  const { at } = operand;
  return { kind: "not", operand: { kind: "not", operand, type: booleanType, at }, type: booleanType, at };
}

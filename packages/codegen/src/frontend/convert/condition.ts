// Conditions: any expression counted by JavaScript's truthiness. A converted condition always has type boolean; what is
// no boolean stands under two negations, `!!x`.
import { ts } from "ts-morph";
import type { Expr } from "../../ast/nodes.ts";
import { booleanType } from "../../ast/types.ts";
import { settle } from "./coerce.ts";
import { convertExpression, poison, refuse, type Scope, spanOf } from "./context.ts";
import { isChain, withChain } from "./optional-chain.ts";

const { SyntaxKind } = ts;

/** The truth of an expression. */
export function convertCondition(node: ts.Expression, scope: Scope): Expr {
  const at = spanOf(node, scope);
  if (ts.isParenthesizedExpression(node)) return convertCondition(node.expression, scope);
  if (ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.ExclamationToken) {
    const operand = convertCondition(node.operand, scope);
    return operand.kind === "poison" ? operand : { kind: "not", operand, type: booleanType, at };
  }
  if (ts.isBinaryExpression(node)) {
    const operator = logicalOperator(node.operatorToken.kind);
    if (operator) {
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

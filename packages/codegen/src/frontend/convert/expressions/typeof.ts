// `typeof x === "number"`: known from the type that the compiler gave x, or a test for `undefined` where x is optional.
import { ts } from "ts-morph";
import type { CompareOperator, Expr } from "../../../ast/nodes.ts";
import { type AstType, booleanType, nothingType } from "../../../ast/types.ts";
import { settle } from "../coerce.ts";
import { convertExpression, evaluate, type Scope, spanOf } from "../context.ts";
import { canBeAbsent } from "../types.ts";

/** The comparison, where one side is `typeof x` and the other constant text; undefined otherwise. */
export function compareTypeof(node: ts.BinaryExpression, operator: CompareOperator, scope: Scope): Expr | undefined {
  if (operator !== "===" && operator !== "!==") return undefined;
  const [left, right] = [bare(node.left), bare(node.right)];
  const operand = ts.isTypeOfExpression(left) ? left : ts.isTypeOfExpression(right) ? right : undefined;
  if (!operand) return undefined;
  const text = evaluate(operand === left ? right : left, scope);
  if (text?.kind !== "string" || evaluate(operand.expression, scope)) return undefined;
  const value = settle(convertExpression(operand.expression, scope), scope);
  if (value.kind === "poison") return value;
  const at = spanOf(node, scope);
  const name = typeName(value.type);
  const equal = operator === "===";
  if (canBeAbsent(value.type) && value.type.nullable && (text.value === name || text.value === "undefined")) {
    const nothing: Expr = { kind: "nothing", type: nothingType, at };
    const isNothing = (text.value === "undefined") === equal;
    return { kind: "compare", operator: isNothing ? "===" : "!==", left: value, right: nothing, type: booleanType, at };
  }
  const answer: Expr = { kind: "boolean", value: (text.value === name) === equal, type: booleanType, at };
  return { kind: "sequence", items: [value, answer], type: booleanType, at };
}

function bare(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? bare(node.expression) : node;
}

/** What JavaScript's `typeof` says of a value that is there. */
function typeName({ kind }: AstType): string {
  if (kind === "number" || kind === "bigint" || kind === "boolean") return kind;
  return kind === "nothing" ? "undefined" : "object";
}

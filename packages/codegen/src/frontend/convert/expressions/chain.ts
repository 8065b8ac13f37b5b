// Comparisons with an optional chain: `a?.b === x` is false and `a?.b !== x` is true where `a` is undefined.
import { ts } from "ts-morph";
import type { CompareOperator, Expr } from "../../../ast/nodes.ts";
import { booleanType } from "../../../ast/types.ts";
import { isAssignment, walk } from "../../syntax.ts";
import { convertExpression, evaluate, type Scope, spanOf } from "../context.ts";
import { isChain, withChain } from "../optional-chain.ts";
import { canBeAbsent } from "../types.ts";
import { compare } from "./combine.ts";

/** The comparison, where its left side is an optional chain that decides it; undefined otherwise. */
export function compareChain(node: ts.BinaryExpression, operator: CompareOperator, scope: Scope): Expr | undefined {
  if (isChain(node.right) || !isChain(node.left)) return undefined;
  if (operator !== "===" && operator !== "!==") return undefined;
  const constant = evaluate(node.right, scope);
  // Where the chain ends early the other side is not evaluated, which must not show.
  if (!constant && hasEffects(node.right)) return undefined;
  const right = convertExpression(node.right, scope);
  if (!constant && (right.type.kind === "nothing" || canBeAbsent(right.type))) return undefined;
  const at = spanOf(node, scope);
  const toNothing = constant?.kind === "nothing";
  const equal = operator === "===";
  const absent: Expr = { kind: "boolean", value: toNothing ? equal : !equal, type: booleanType, at };
  const present = (value: Expr): Expr => {
    if (toNothing && !canBeAbsent(value.type)) return { kind: "boolean", value: !equal, type: booleanType, at };
    return compare(value, operator, right, node, scope);
  };
  return withChain(node.left, scope, present, absent);
}

function hasEffects(node: ts.Expression): boolean {
  let found = false;
  walk(node, (one) => {
    found ||=
      ts.isCallExpression(one) ||
      ts.isPostfixUnaryExpression(one) ||
      (ts.isPrefixUnaryExpression(one) && /^(\+\+|--)/.test(one.getText())) ||
      (ts.isBinaryExpression(one) && isAssignment(one.operatorToken.kind));
    return !found;
  });
  return found;
}

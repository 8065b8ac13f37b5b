// Optional chains, `a?.b`. They may give undefined where no register can hold it, so they are converted together with
// what stands around them: `??`, a comparison or a condition decides what an absent value gives.
import { ts } from "ts-morph";
import type { Expr } from "../../ast/nodes.ts";
import { booleanType } from "../../ast/types.ts";
import { convertExpression, poison, refuse, reusable, type Scope, spanOf } from "./context.ts";
import { canBeAbsent } from "./types.ts";

/** Without parentheses. */
function bare(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? bare(node.expression) : node;
}

/** True for `a?.b` and what follows it. */
export function isChain(node: ts.Expression): boolean {
  return ts.isOptionalChain(bare(node));
}

/** What stands before the only `?.` of a chain; undefined where there are several, or a call. */
function chainRoot(node: ts.Expression): ts.Expression | undefined {
  let current = bare(node);
  let root: ts.Expression | undefined;
  while (ts.isPropertyAccessExpression(current) || ts.isElementAccessExpression(current)) {
    if (current.questionDotToken) {
      if (root) return undefined;
      root = current.expression;
    }
    current = current.expression;
  }
  return ts.isOptionalChain(current) ? undefined : root;
}

/** The chain's value through `present`, or `absent` where its root is undefined. */
export function withChain(node: ts.Expression, scope: Scope, present: (value: Expr) => Expr, absent: Expr): Expr {
  const root = chainRoot(node);
  if (!root) return refuse("optionalChain", node, scope);
  const value = convertExpression(root, scope);
  if (value.kind === "poison") return value;
  if (!canBeAbsent(value.type)) return refuse("optionalChain", node, scope);
  const { first, again } = reusable(value, scope);
  scope.substitutes.set(root, again);
  const whenTrue = present(convertExpression(bare(node), scope));
  scope.substitutes.delete(root);
  const at = spanOf(node, scope);
  if (whenTrue.kind === "poison" || absent.kind === "poison") return poison(at);
  const isNull: Expr = { kind: "not", operand: first, type: booleanType, at };
  const condition: Expr = { kind: "not", operand: isNull, type: booleanType, at };
  return { kind: "conditional", condition, whenTrue, whenFalse: absent, type: whenTrue.type, at };
}

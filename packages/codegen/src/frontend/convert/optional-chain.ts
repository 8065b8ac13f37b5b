// Optional chains, `a?.b`: a choice between what the chain reads and `undefined`. Where a condition, a comparison or `??`
// stands around one, it decides at once what an absent value gives, and nothing optional is kept.
import { ts } from "ts-morph";
import type { Expr } from "../../ast/nodes.ts";
import { booleanType, nothingType } from "../../ast/types.ts";
import { convertExpression, evaluate, poison, refuse, reusable, type Scope, spanOf } from "./context.ts";
import { canBeAbsent, isAggregate, joinTypes } from "./types.ts";

/** Without parentheses. */
function bare(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? bare(node.expression) : node;
}

/** True for `a?.b` and what follows it. */
export function isChain(node: ts.Expression): boolean {
  return ts.isOptionalChain(bare(node));
}

/** What stands before the first `?.` of a chain that is not decided yet. */
export function openRoot(node: ts.Expression, scope: Scope): ts.Expression | undefined {
  let current = node;
  let root: ts.Expression | undefined;
  while (
    ts.isOptionalChain(current) &&
    (ts.isPropertyAccessExpression(current) || ts.isElementAccessExpression(current) || ts.isCallExpression(current))
  ) {
    if (current.questionDotToken && !scope.substitutes.has(current.expression)) root = current.expression;
    current = current.expression;
  }
  return root && evaluate(root, scope) ? undefined : root;
}

/** The chain's value through `present`, or `absent` where a root of it is undefined. */
export function withChain(node: ts.Expression, scope: Scope, present: (value: Expr) => Expr, absent: Expr): Expr {
  const chain = bare(node);
  const root = openRoot(chain, scope);
  if (!root) return present(convertExpression(chain, scope));
  const value = convertExpression(root, scope);
  if (value.kind === "poison") return value;
  if (value.type.kind === "nothing") return absent;
  const { first, again } = canBeAbsent(value.type) ? reusable(value, scope) : { first: undefined, again: value };
  scope.substitutes.set(root, again);
  const whenTrue = withChain(chain, scope, present, absent);
  scope.substitutes.delete(root);
  const at = spanOf(node, scope);
  if (!first || whenTrue.kind === "poison") return whenTrue;
  if (absent.kind === "poison") return poison(at);
  const isNull: Expr = { kind: "not", operand: isAbsent(first, at), type: booleanType, at };
  const type = joinTypes(whenTrue.type, absent.type) ?? whenTrue.type;
  return { kind: "conditional", condition: isNull, whenTrue, whenFalse: absent, type, at };
}

/** Whether a value is `undefined`; of a reference and an object, its truth says so. */
function isAbsent(value: Expr, at: Expr["at"]): Expr {
  if (value.type.kind === "ref" || isAggregate(value.type)) {
    return { kind: "not", operand: value, type: booleanType, at };
  }
  const nothing: Expr = { kind: "nothing", type: nothingType, at };
  return { kind: "compare", operator: "===", left: value, right: nothing, type: booleanType, at };
}

/** The chain as a value that may be `undefined`. */
export function convertChain(node: ts.Expression, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const value = withChain(node, scope, (found) => found, { kind: "nothing", type: nothingType, at });
  if (!isAggregate(value.type)) return value;
  return refuse("aliasing", node, scope, { message: "an object in registers behind ?." });
}

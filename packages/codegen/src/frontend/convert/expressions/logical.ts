// `&&`, `||`, `??` and the ternary as values: the value is that of the deciding side, so both sides have one type.
import type { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { type AstType, nothingType } from "../../../ast/types.ts";
import { coerce } from "../coerce.ts";
import { convertCondition, knownCondition } from "../condition.ts";
import { convertExpression, poison, refuse, type Scope, spanOf } from "../context.ts";
import { isChain } from "../optional-chain.ts";
import { canBeAbsent, describeType, isAggregate, joinTypes, presentType } from "../types.ts";
import { convertValue } from "./name.ts";

type Operator = "&&" | "||" | "??";

/** `left && right`, `left || right`, `left ?? right`. */
export function convertLogical(node: ts.BinaryExpression, scope: Scope): Expr {
  const operator = node.operatorToken.getText() as Operator;
  const left = convertExpression(node.left, scope);
  const direct = operator === "??" ? directDefault(left, node, scope) : undefined;
  if (direct) return direct;
  // Only references and objects can be absent, so any other left side is the value.
  if (operator === "??" && !canBeAbsent(left.type) && left.type.kind !== "nothing") return left;
  const right = convertExpression(node.right, scope);
  if (operator === "??" && left.type.kind === "nothing")
    return left.kind === "nothing" ? right : afterNothing(left, right);
  if (operator === "&&" && isObjectLike(left.type) && !joinTypes(left.type, right.type))
    return whereThere(left, right, node, scope);
  return choose(left, right, node, scope, (first, second, type) => {
    const at = spanOf(node, scope);
    // After `a ??` or `a ||` a null reference on the left is gone.
    const result = operator === "&&" ? type : presentAs(type, right.type);
    return { kind: "logical", operator, left: first, right: second, type: result, at };
  });
}

/** References and objects are false only where they are undefined. */
function isObjectLike(type: AstType): boolean {
  return type.kind === "ref" || type.kind === "record" || type.kind === "tuple";
}

/** `object && value`: the value where the object is there, else undefined. */
function whereThere(object: Expr, value: Expr, node: ts.Node, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const absent: Expr = { kind: "nothing", type: nothingType, at };
  return choose(value, absent, node, scope, (whenTrue, whenFalse, type) => {
    if (object.kind === "poison") return object;
    return { kind: "conditional", condition: object, whenTrue, whenFalse, type, at };
  });
}

/** A part of a pattern or an argument, or its default where it is undefined. */
export function applyDefault(value: Expr, initializer: ts.Expression, node: ts.Node, scope: Scope): Expr {
  if (value.kind === "poison") return value;
  const { type } = value;
  if (type.kind === "nothing") {
    const right = convertValue(initializer, scope);
    return value.kind === "nothing" ? right : afterNothing(value, right);
  }
  if (!canBeAbsent(type) || !type.nullable) return value;
  return choose(value, convertValue(initializer, scope), node, scope, (left, right, joined) => {
    const result = presentAs(joined, right.type);
    return { kind: "logical", operator: "??", left, right, type: result, at: spanOf(node, scope) };
  });
}

/** `a ?? b` where `a` is always undefined. */
function afterNothing(left: Expr, right: Expr): Expr {
  if (left.kind === "poison" || right.kind === "poison") return left.kind === "poison" ? left : right;
  return { kind: "sequence", items: [left, right], type: right.type, at: right.at };
}

/** The type without null, where the right side has none. */
function presentAs(type: AstType, right: AstType): AstType {
  const nullable = right.kind === "nothing" || (canBeAbsent(right) && right.nullable === true);
  return nullable ? type : presentType(type);
}

/** `a?.b ?? c` where only `a` may be undefined: one choice instead of two. */
function directDefault(left: Expr, node: ts.BinaryExpression, scope: Scope): Expr | undefined {
  if (!isChain(node.left) || left.kind !== "conditional" || left.whenFalse.kind !== "nothing") return undefined;
  if (left.whenTrue.type.kind === "nothing" || (canBeAbsent(left.whenTrue.type) && left.whenTrue.type.nullable))
    return undefined;
  const right = convertExpression(node.right, scope);
  return choose(left.whenTrue, right, node, scope, (whenTrue, whenFalse, type) => {
    return { ...left, whenTrue, whenFalse, type };
  });
}

/** `condition ? whenTrue : whenFalse`. */
export function convertConditional(node: ts.ConditionalExpression, scope: Scope): Expr {
  const condition = convertCondition(node.condition, scope);
  if (condition.kind === "boolean") return convertExpression(condition.value ? node.whenTrue : node.whenFalse, scope);
  const known = knownCondition(node.condition, scope);
  if (known !== undefined && condition.kind !== "poison") {
    const value = convertExpression(known ? node.whenTrue : node.whenFalse, scope);
    if (!isAggregate(value.type)) return afterNothing(condition, value);
  }
  const first = convertExpression(node.whenTrue, scope);
  const second = convertExpression(node.whenFalse, scope);
  return choose(first, second, node, scope, (whenTrue, whenFalse, type) => {
    const at = spanOf(node, scope);
    if (condition.kind === "poison") return condition;
    return { kind: "conditional", condition, whenTrue, whenFalse, type, at };
  });
}

/** Gives both sides one type and builds the choice between them. */
function choose(
  left: Expr,
  right: Expr,
  node: ts.Node,
  scope: Scope,
  build: (left: Expr, right: Expr, type: AstType) => Expr,
): Expr {
  if (left.kind === "poison" || right.kind === "poison") return poison(spanOf(node, scope));
  const type = joinTypes(left.type, right.type);
  if (!type) {
    const message = `one side is ${describeType(left.type)}, the other ${describeType(right.type)}`;
    return refuse(
      left.type.kind === "bigint" && right.type.kind === "bigint" ? "mixedSigns" : "typesDiffer",
      node,
      scope,
      {
        message,
      },
    );
  }
  if (type.kind === "context") return refuse("dslPlace", node, scope);
  if (isAggregate(type) && !(isLiteral(left) && isLiteral(right))) return refuse("aliasing", node, scope);
  const first = coerce(left, type, scope);
  const second = coerce(right, type, scope);
  if (first.kind === "poison" || second.kind === "poison") return poison(spanOf(node, scope));
  return build(first, second, type);
}

/** True for objects and tuples that nothing else names. */
export function isLiteral(value: Expr): boolean {
  return value.kind === "record" || value.kind === "tuple" || value.kind === "call" || value.kind === "nothing";
}

// Operators on converted operands: types are joined, constants take their sign, and what does not go together is refused.
import { ts } from "ts-morph";
import type { BinaryOperator, CompareOperator, Expr } from "../../../ast/nodes.ts";
import { type AstType, booleanType, numberType } from "../../../ast/types.ts";
import { isRing } from "../../constants/operators.ts";
import { coerce, present } from "../coerce.ts";
import { poison, refuse, type Scope, spanOf } from "../context.ts";
import { describeType, flexibleBigint, isAggregate, isOptional, joinTypes, presentType } from "../types.ts";

const { SyntaxKind } = ts;

/** Arithmetic operators by token. */
export const arithmetic: ReadonlyMap<ts.SyntaxKind, BinaryOperator> = new Map<ts.SyntaxKind, BinaryOperator>([
  [SyntaxKind.PlusToken, "+"],
  [SyntaxKind.MinusToken, "-"],
  [SyntaxKind.AsteriskToken, "*"],
  [SyntaxKind.SlashToken, "/"],
  [SyntaxKind.PercentToken, "%"],
  [SyntaxKind.AmpersandToken, "&"],
  [SyntaxKind.BarToken, "|"],
  [SyntaxKind.CaretToken, "^"],
  [SyntaxKind.LessThanLessThanToken, "<<"],
  [SyntaxKind.GreaterThanGreaterThanToken, ">>"],
  [SyntaxKind.GreaterThanGreaterThanGreaterThanToken, ">>>"],
]);

/** `left operator right` on converted operands. */
export function combine(left: Expr, operator: BinaryOperator, right: Expr, node: ts.Node, scope: Scope): Expr {
  const at = spanOf(node, scope);
  if (left.kind === "poison" || right.kind === "poison") return poison(at);
  const joined = joinTypes(presentType(left.type), presentType(right.type));
  if (joined?.kind === "number") {
    if (operator === "/") return refuse("fraction", node, scope);
    return { kind: "binary", operator, left: present(left), right: present(right), type: numberType, at };
  }
  if (joined?.kind === "bigint" && operator !== ">>>")
    return combineBigints(left, operator, right, joined, node, scope);
  return refuseOperands(left.type, operator, right.type, node, scope);
}

const tokens: ReadonlyMap<BinaryOperator, ts.SyntaxKind> = new Map([...arithmetic].map(([kind, text]) => [text, kind]));

function combineBigints(
  left: Expr,
  operator: BinaryOperator,
  right: Expr,
  joined: AstType,
  node: ts.Node,
  scope: Scope,
): Expr {
  const at = spanOf(node, scope);
  const type = joined === flexibleBigint ? flexibleSign(left, right) : joined;
  const token = tokens.get(operator);
  const bend = token !== undefined && isRing(token) ? "wrap" : "exact";
  const first = coerce(left, type, scope, bend);
  const second = coerce(right, type, scope, bend);
  if (first.kind === "poison" || second.kind === "poison") return poison(at);
  return { kind: "binary", operator, left: first, right: second, type, at };
}

/** Constants that no type reached are unsigned, unless one is negative. */
function flexibleSign(left: Expr, right: Expr): AstType {
  const negative = [left, right].some((side) => side.kind === "integer" && side.value < 0n);
  return { kind: "bigint", signed: negative };
}

/** Refuses operands that do not go together, with the reason that helps most. */
export function refuseOperands(left: AstType, operator: string, right: AstType, node: ts.Node, scope: Scope): Expr {
  const message = `${describeType(left)} ${operator} ${describeType(right)}`;
  if (left.kind === "bigint" && right.kind === "bigint") return refuse("mixedSigns", node, scope, { message });
  const kinds = new Set([left.kind, right.kind]);
  if (kinds.has("bigint") && kinds.has("number")) {
    return refuse(operator.endsWith("=") || /[<>]$/.test(operator) ? "mixedComparison" : "mixedIntegers", node, scope, {
      message,
    });
  }
  return refuse("operands", node, scope, { message });
}

function isObject(type: AstType): boolean {
  return type.kind === "ref" || isAggregate(type);
}

/** Equality of integers that may be undefined, or with `undefined`; undefined for all others. */
function compareAbsent(left: Expr, operator: CompareOperator, right: Expr, at: Expr["at"]): Expr | undefined {
  const [a, b] = [left.type, right.type];
  if (a.kind === "nothing" || b.kind === "nothing") {
    const other = a.kind === "nothing" ? b : a;
    if (isOptional(other)) return { kind: "compare", operator, left, right, type: booleanType, at };
    const known =
      other.kind === "nothing" || other.kind === "number" || other.kind === "bigint" || other.kind === "boolean";
    if (!known) return undefined;
    const value = (other.kind === "nothing") === (operator === "===");
    const answer: Expr = { kind: "boolean", value, type: booleanType, at };
    return { kind: "sequence", items: [left, right, answer], type: booleanType, at };
  }
  return undefined;
}

/** `left operator right` of a comparison, on converted operands. */
export function compare(left: Expr, operator: CompareOperator, right: Expr, node: ts.Node, scope: Scope): Expr {
  const at = spanOf(node, scope);
  if (left.kind === "poison" || right.kind === "poison") return poison(at);
  const joined = joinTypes(left.type, right.type);
  const equality = operator === "===" || operator === "!==";
  const nothing = left.type.kind === "nothing" || right.type.kind === "nothing";
  const absent = equality ? compareAbsent(left, operator, right, at) : undefined;
  if (absent) return absent;
  if (equality && (isObject(left.type) || isObject(right.type))) {
    if (!nothing) return refuse("refIdentity", node, scope);
    if (joined) return { kind: "compare", operator, left, right, type: booleanType, at };
  }
  if (isAggregate(left.type) || isAggregate(right.type)) return refuse("refIdentity", node, scope);
  const both = joined === flexibleBigint ? flexibleSign(left, right) : joined;
  const type = both && !equality ? presentType(both) : both;
  const comparable = type?.kind === "number" || type?.kind === "bigint" || (equality && type?.kind === "boolean");
  if (!type || !comparable) return refuseOperands(left.type, operator, right.type, node, scope);
  const first = coerce(left, type, scope);
  const second = coerce(right, type, scope);
  if (first.kind === "poison" || second.kind === "poison") return poison(at);
  return { kind: "compare", operator, left: first, right: second, type: booleanType, at };
}

// Assignments, plain and compound. Assigning to a struct or array in memory copies bytes; assigning a reference to a
// variable makes it point elsewhere.
import { ts } from "ts-morph";
import type { AssignExpr, BinaryOperator, Expr, PlaceExpr } from "../../../ast/nodes.ts";
import type { AstType } from "../../../ast/types.ts";
import { isRing } from "../../constants/operators.ts";
import { coerce } from "../coerce.ts";
import { convertExpression, poison, refuse, type Scope, spanOf } from "../context.ts";
import { convertAggregate } from "../initializer.ts";
import { convertPlace } from "../place.ts";
import { canBeAbsent, describeType, isAggregate, presentType } from "../types.ts";
import { convertPatternAssignment, patternOf } from "./assign-pattern.ts";
import { refuseOperands } from "./combine.ts";
import { convertIntegerDivision, divisionOf } from "./division.ts";
import { isLiteral } from "./logical.ts";
import { powerOf } from "./power.ts";

const { SyntaxKind } = ts;

type AssignOperator = BinaryOperator | "&&" | "||" | "??";

const operators: ReadonlyMap<ts.SyntaxKind, AssignOperator> = new Map<ts.SyntaxKind, AssignOperator>([
  [SyntaxKind.PlusEqualsToken, "+"],
  [SyntaxKind.MinusEqualsToken, "-"],
  [SyntaxKind.AsteriskEqualsToken, "*"],
  [SyntaxKind.SlashEqualsToken, "/"],
  [SyntaxKind.PercentEqualsToken, "%"],
  [SyntaxKind.AmpersandEqualsToken, "&"],
  [SyntaxKind.BarEqualsToken, "|"],
  [SyntaxKind.CaretEqualsToken, "^"],
  [SyntaxKind.LessThanLessThanEqualsToken, "<<"],
  [SyntaxKind.GreaterThanGreaterThanEqualsToken, ">>"],
  [SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken, ">>>"],
  [SyntaxKind.AmpersandAmpersandEqualsToken, "&&"],
  [SyntaxKind.BarBarEqualsToken, "||"],
  [SyntaxKind.QuestionQuestionEqualsToken, "??"],
]);

const ringAssignments: ReadonlyMap<AssignOperator, ts.SyntaxKind> = new Map<AssignOperator, ts.SyntaxKind>([
  ["+", SyntaxKind.PlusToken],
  ["-", SyntaxKind.MinusToken],
  ["*", SyntaxKind.AsteriskToken],
  ["&", SyntaxKind.AmpersandToken],
  ["|", SyntaxKind.BarToken],
  ["^", SyntaxKind.CaretToken],
]);

/** `target = value` and `target operator= value`. */
export function convertAssignment(node: ts.BinaryExpression, scope: Scope): Expr {
  const token = node.operatorToken.kind;
  const pattern = token === SyntaxKind.EqualsToken ? patternOf(node.left) : undefined;
  if (pattern) return convertPatternAssignment(pattern, node, scope);
  const target = convertPlace(node.left, scope);
  if (target.kind === "poison") return target;
  if (token === SyntaxKind.EqualsToken) return assign(target, assigned(target, node, scope), node, scope);
  const operator = operators.get(token);
  if (!operator) return assign(target, powerOf(target, node, scope), node, scope);
  if (operator === "??" && !canBeAbsent(target.type)) return target;
  const value = compoundValue(target, operator, node, scope);
  return assign(target, value, node, scope, operator);
}

function assign(
  target: PlaceExpr,
  value: Expr,
  node: ts.Node,
  scope: Scope,
  operator?: AssignOperator,
): AssignExpr | Extract<Expr, { readonly kind: "poison" }> {
  const at = spanOf(node, scope);
  if (value.kind === "poison") return poison(at);
  return { kind: "assign", target, ...(operator && { operator }), value, type: target.type, at };
}

/** What a variable that holds an object gets instead of it: a new object, or `undefined`. */
function replacement(target: PlaceExpr, type: AstType, node: ts.BinaryExpression, scope: Scope): Expr {
  const value = convertExpression(node.right, scope);
  if (target.kind === "local" && isLiteral(value)) return coerce(value, type, scope);
  return value.kind === "poison"
    ? value
    : refuse("aliasing", node, scope, { message: "an object is replaced as a whole" });
}

/** The value of a plain assignment. */
function assigned(target: PlaceExpr, node: ts.BinaryExpression, scope: Scope): Expr {
  if (isAggregate(target.type)) return replacement(target, target.type, node, scope);
  if (target.type.kind === "ref" && target.kind !== "local" && target.kind !== "member") {
    return convertAggregate(node.right, target.type.layout, scope);
  }
  return coerce(convertExpression(node.right, scope), target.type, scope);
}

function compoundValue(target: PlaceExpr, operator: AssignOperator, node: ts.BinaryExpression, scope: Scope): Expr {
  const { type } = target;
  if (operator === "&&" || operator === "||" || operator === "??") {
    if (type.kind === "ref" && target.kind !== "local") return refuse("operands", node, scope);
    if (isAggregate(type))
      return operator === "&&" ? refuse("operands", node, scope) : replacement(target, type, node, scope);
    return coerce(convertExpression(node.right, scope), type, scope);
  }
  if (type.kind === "number" && operator === "/") return refuse("fraction", node, scope);
  const bits = operator === "&" || operator === "|" || operator === "^";
  const division = bits ? divisionOf(node.right, scope) : undefined;
  const value = division
    ? convertIntegerDivision(division, "int32", node, scope)
    : convertExpression(node.right, scope);
  if (value.kind === "poison") return value;
  if (type.kind !== value.type.kind || (type.kind !== "number" && type.kind !== "bigint")) {
    return refuseOperands(type, operator, value.type, node, scope);
  }
  if (type.kind === "bigint" && operator === ">>>") {
    return refuse("operands", node, scope, { message: `${describeType(type)} >>> needs numbers` });
  }
  const token = ringAssignments.get(operator);
  return coerce(value, presentType(type), scope, token !== undefined && isRing(token) ? "wrap" : "exact");
}

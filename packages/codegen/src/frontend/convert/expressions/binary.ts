// Binary operators: arithmetic, divisions that are made integers, comparisons, the comma; assignments and logical
// operators are passed on.
import { ts } from "ts-morph";
import type { BinaryOperator, CompareOperator, Expr } from "../../../ast/nodes.ts";
import { isAssignment } from "../../syntax.ts";
import { settle } from "../coerce.ts";
import { convertExpression, evaluate, refuse, type Scope, spanOf } from "../context.ts";
import { convertAssignment } from "./assign.ts";
import { compareChain } from "./chain.ts";
import { arithmetic, combine, compare } from "./combine.ts";
import { convertIntegerDivision, divisionOf } from "./division.ts";
import { convertLogical } from "./logical.ts";
import { convertPower } from "./power.ts";
import { compareTypeof } from "./typeof.ts";

const { SyntaxKind } = ts;

const comparisons: ReadonlyMap<ts.SyntaxKind, CompareOperator> = new Map<ts.SyntaxKind, CompareOperator>([
  [SyntaxKind.EqualsEqualsEqualsToken, "==="],
  [SyntaxKind.ExclamationEqualsEqualsToken, "!=="],
  [SyntaxKind.LessThanToken, "<"],
  [SyntaxKind.LessThanEqualsToken, "<="],
  [SyntaxKind.GreaterThanToken, ">"],
  [SyntaxKind.GreaterThanEqualsToken, ">="],
]);

const logical: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.AmpersandAmpersandToken,
  SyntaxKind.BarBarToken,
  SyntaxKind.QuestionQuestionToken,
]);

/** `left operator right`. */
export function convertBinary(node: ts.BinaryExpression, scope: Scope): Expr {
  const token = node.operatorToken.kind;
  if (isAssignment(token)) return convertAssignment(node, scope);
  if (logical.has(token)) return convertLogical(node, scope);
  if (token === SyntaxKind.CommaToken) return convertComma(node, scope);
  const comparison = comparisons.get(token);
  if (comparison)
    return (
      compareTypeof(node, comparison, scope) ??
      compareChain(node, comparison, scope) ??
      convertComparison(node, comparison, scope)
    );
  const operator = arithmetic.get(token);
  if (operator) return convertArithmetic(node, operator, scope);
  if (token === SyntaxKind.AsteriskAsteriskToken) return convertPower(node, scope);
  return refuse("operands", node, scope);
}

function convertComma(node: ts.BinaryExpression, scope: Scope): Expr {
  const left = settle(convertExpression(node.left, scope), scope);
  const right = convertExpression(node.right, scope);
  if (left.kind === "poison") return left;
  if (right.kind === "poison") return right;
  return { kind: "sequence", items: [left, right], type: right.type, at: spanOf(node, scope) };
}

const bitwise: ReadonlySet<BinaryOperator> = new Set(["&", "|", "^", "<<", ">>", ">>>"]);

function convertArithmetic(node: ts.BinaryExpression, operator: BinaryOperator, scope: Scope): Expr {
  const rounded = bitwise.has(operator) ? convertRounded(node, operator, scope) : undefined;
  if (rounded) return rounded;
  const left = convertOperand(node.left, operator, scope);
  const right = convertOperand(node.right, operator, scope);
  return combine(left, operator, right, node, scope);
}

/** `(a / b) | 0` and `(a / b) >>> 0`: the operator is the rounding itself. */
function convertRounded(node: ts.BinaryExpression, operator: BinaryOperator, scope: Scope): Expr | undefined {
  const zero = evaluate(node.right, scope);
  const division = zero?.kind === "number" && zero.value === 0 ? divisionOf(node.left, scope) : undefined;
  if (!division) return undefined;
  if (operator === ">>>") return convertIntegerDivision(division, "uint32", node, scope);
  if (operator === "|" || operator === ">>") return convertIntegerDivision(division, "int32", node, scope);
  return undefined;
}

/** Bitwise operators make their operands 32-bit integers, so a division may stand in them. */
function convertOperand(node: ts.Expression, operator: BinaryOperator, scope: Scope): Expr {
  const division = bitwise.has(operator) ? divisionOf(node, scope) : undefined;
  return division ? convertIntegerDivision(division, "int32", node, scope) : convertExpression(node, scope);
}

function convertComparison(node: ts.BinaryExpression, operator: CompareOperator, scope: Scope): Expr {
  const left = convertExpression(node.left, scope);
  const right = convertExpression(node.right, scope);
  return compare(left, operator, right, node, scope);
}

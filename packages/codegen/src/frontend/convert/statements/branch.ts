// Blocks, expression statements and `if`.
import { ts } from "ts-morph";
import type { Statement } from "../../../ast/nodes.ts";
import { settle } from "../coerce.ts";
import { convertCondition, knownCondition } from "../condition.ts";
import { convertExpression, type Scope, spanOf } from "../context.ts";
import { convertRelease, isRelease } from "../expressions/call-ring.ts";
import { convertStatements } from "./sequence.ts";

const { SyntaxKind } = ts;

/** `{ … }` */
export function convertBlock(node: ts.Block, scope: Scope): readonly Statement[] {
  const body = convertStatements(node.statements, scope);
  return [{ kind: "block", id: scope.module.nextId(), body, at: spanOf(node, scope) }];
}

/** Statements that leave nothing behind: `;`, types, and functions, which are converted where they are called. */
export function convertEmpty(): readonly Statement[] {
  return [];
}

/** `if (condition) … else …`; a side that a known condition excludes is not converted. */
export function convertIf(node: ts.IfStatement, scope: Scope): readonly Statement[] {
  const condition = convertCondition(node.expression, scope);
  const known = knownCondition(node.expression, scope);
  const whenTrue = known === false ? [] : convertStatements([node.thenStatement], scope);
  const whenFalse = node.elseStatement && known !== true ? convertStatements([node.elseStatement], scope) : [];
  if (condition.kind === "poison") return [];
  return [{ kind: "if", condition, whenTrue: flat(whenTrue), whenFalse: flat(whenFalse), at: spanOf(node, scope) }];
}

/** A body that is one plain block is the list of its statements. */
export function flat(body: readonly Statement[]): readonly Statement[] {
  const [only] = body;
  return body.length === 1 && only?.kind === "block" ? only.body : body;
}

/** `expression;` — short-circuits and choices become branches, since their sides may have no value. */
export function convertExpressionStatement(node: ts.ExpressionStatement, scope: Scope): readonly Statement[] {
  return convertEffect(node.expression, scope);
}

function convertEffect(node: ts.Expression, scope: Scope): readonly Statement[] {
  const at = spanOf(node, scope);
  if (ts.isParenthesizedExpression(node)) return convertEffect(node.expression, scope);
  if (ts.isConditionalExpression(node)) {
    const condition = convertCondition(node.condition, scope);
    const known = knownCondition(node.condition, scope);
    const whenTrue = known === false ? [] : convertBranch(node.whenTrue, scope);
    const whenFalse = known === true ? [] : convertBranch(node.whenFalse, scope);
    return condition.kind === "poison" ? [] : [{ kind: "if", condition, whenTrue, whenFalse, at }];
  }
  if (ts.isBinaryExpression(node) && isShortCircuit(node.operatorToken.kind)) {
    const condition = convertCondition(node.left, scope);
    const both = node.operatorToken.kind === SyntaxKind.AmpersandAmpersandToken;
    const right = knownCondition(node.left, scope) === !both ? [] : convertBranch(node.right, scope);
    if (condition.kind === "poison") return [];
    return [{ kind: "if", condition, whenTrue: both ? right : [], whenFalse: both ? [] : right, at }];
  }
  if (ts.isCallExpression(node) && node.questionDotToken === undefined && isOptionalRelease(node.expression)) {
    const condition = convertCondition(node.expression.expression, scope);
    const value = convertRelease(node, node.expression, scope);
    if (condition.kind === "poison" || value.kind === "poison") return [];
    return [{ kind: "if", condition, whenTrue: [{ kind: "expression", value, at }], whenFalse: [], at }];
  }
  const value = settle(convertExpression(node, scope), scope);
  return value.kind === "poison" ? [] : [{ kind: "expression", value, at }];
}

/** `record?.submit` and `record?.discard`. */
function isOptionalRelease(callee: ts.Expression): callee is ts.PropertyAccessExpression {
  if (!ts.isPropertyAccessExpression(callee) || !callee.questionDotToken) return false;
  return ts.isIdentifier(callee.expression) && isRelease(callee.name.text);
}

function convertBranch(node: ts.Expression, scope: Scope): readonly Statement[] {
  const outer = scope.pending;
  scope.pending = [];
  const statements = convertEffect(node, scope);
  const all = [...scope.pending, ...statements];
  scope.pending = outer;
  return all;
}

function isShortCircuit(token: ts.SyntaxKind): boolean {
  return token === SyntaxKind.AmpersandAmpersandToken || token === SyntaxKind.BarBarToken;
}

// Type predicates, `x is T`: TypeScript believes them, and the compiler believes TypeScript that a value is there. So a
// predicate on what may be undefined must itself test that it is not.
import { ts } from "ts-morph";
import type { AstType } from "../../ast/types.ts";
import type { FunctionNode } from "../values.ts";
import { refuse, type Scope } from "./context.ts";
import type { Operand } from "./parameters.ts";
import { canBeAbsent } from "./types.ts";

const { SyntaxKind } = ts;

/** Refuses a predicate that could claim a value where there is none. */
export function checkPredicate(declaration: FunctionNode, operands: readonly Operand[], scope: Scope): void {
  const predicate = declaration.type;
  if (!predicate || !ts.isTypePredicateNode(predicate)) return;
  const name = predicate.parameterName.getText();
  const index = declaration.parameters.findIndex((one) => one.name.getText() === name);
  const operand = operands[index];
  if (operand?.kind !== "value" || !hasAbsent(operand.type)) return;
  const inside = membersOf(operand.type).some(hasAbsent);
  const body = onlyValue(declaration);
  if (!inside && body && testsPresence(body, name)) return;
  refuse("assertion", predicate, scope, {
    message: `a predicate on what may be undefined, which does not test that`,
    help: inside
      ? `test the members where they are used, or return what is there`
      : `let the function be one expression that begins with \`${name} !== undefined\``,
  });
}

function membersOf(type: AstType): readonly AstType[] {
  if (type.kind === "record") return type.members.map((member) => member.type);
  return type.kind === "tuple" ? type.items : [];
}

function hasAbsent(type: AstType): boolean {
  return type.kind === "nothing" || (canBeAbsent(type) && type.nullable === true) || membersOf(type).some(hasAbsent);
}

/** What a function of one expression gives. */
function onlyValue({ body }: FunctionNode): ts.Expression | undefined {
  if (!body || !ts.isBlock(body)) return body;
  const [only] = body.statements;
  return body.statements.length === 1 && only && ts.isReturnStatement(only) ? only.expression : undefined;
}

/** True where the expression holds only if the parameter is not undefined. */
function testsPresence(node: ts.Expression, name: string): boolean {
  if (ts.isParenthesizedExpression(node)) return testsPresence(node.expression, name);
  if (!ts.isBinaryExpression(node)) return false;
  const { left, operatorToken, right } = node;
  if (operatorToken.kind === SyntaxKind.AmpersandAmpersandToken)
    return testsPresence(left, name) || testsPresence(right, name);
  const sides = new Set([left.getText(), right.getText()]);
  return operatorToken.kind === SyntaxKind.ExclamationEqualsEqualsToken && sides.has(name) && sides.has("undefined");
}

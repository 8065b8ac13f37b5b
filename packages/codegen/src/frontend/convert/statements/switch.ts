// `switch`: cases in source order with fall-through.
import { ts } from "ts-morph";
import type { Expr, Statement, SwitchStatement } from "../../../ast/nodes.ts";
import { numberType } from "../../../ast/types.ts";
import { coerce, settle } from "../coerce.ts";
import { convertExpression, evaluate, refuse, type Scope, spanOf } from "../context.ts";
import { refuseOperands } from "../expressions/combine.ts";
import { describeType } from "../types.ts";
import { labelsOf } from "./label.ts";
import { convertStatements } from "./sequence.ts";

/** `switch (subject) { case test: … }` */
export function convertSwitch(node: ts.SwitchStatement, scope: Scope): readonly Statement[] {
  const text = textOf(node.expression, scope);
  const subject = settle(
    text === undefined ? convertExpression(node.expression, scope) : number(0n, node, scope),
    scope,
  );
  const id = scope.module.nextId();
  scope.targets.push({ id, labels: labelsOf(node), kind: "switch" });
  const cases: SwitchStatement["cases"][number][] = [];
  let failed = subject.kind === "poison" || !isTestable(subject, node.expression, scope);
  for (const clause of node.caseBlock.clauses) {
    const test = ts.isCaseClause(clause) ? testOf(clause.expression, subject, text, scope) : undefined;
    if (test?.kind === "poison") failed = true;
    const body = convertStatements(clause.statements, scope);
    cases.push({ ...(test && { test }), body, at: spanOf(clause, scope) });
  }
  scope.targets.pop();
  return failed ? [] : [{ kind: "switch", id, subject, cases, at: spanOf(node, scope) }];
}

/** The text that a switch on a constant is about. */
function textOf(node: ts.Expression, scope: Scope): string | undefined {
  const constant = evaluate(node, scope);
  return constant?.kind === "string" ? constant.value : undefined;
}

function number(value: bigint, node: ts.Node, scope: Scope): Expr {
  return { kind: "integer", value, type: numberType, at: spanOf(node, scope) };
}

/** Of a constant text, whether a case is about the same one is known: 0 stands for it, and 1 for any other. */
function testOf(node: ts.Expression, subject: Expr, text: string | undefined, scope: Scope): Expr {
  const other = text === undefined ? undefined : textOf(node, scope);
  return other === undefined ? convertTest(node, subject, scope) : number(other === text ? 0n : 1n, node, scope);
}

function isTestable(subject: Expr, node: ts.Node, scope: Scope): boolean {
  const { kind } = subject.type;
  if (kind === "number" || kind === "bigint" || kind === "boolean") return true;
  refuse("refIdentity", node, scope, { message: `switch on ${describeType(subject.type)}` });
  return false;
}

function convertTest(node: ts.Expression, subject: Expr, scope: Scope): Expr {
  const test = convertExpression(node, scope);
  if (test.kind === "poison" || subject.kind === "poison") return test;
  if (test.type.kind !== subject.type.kind) return refuseOperands(subject.type, "===", test.type, node, scope);
  return coerce(test, subject.type, scope);
}

// `for`, `while` and `do`.
import { ts } from "ts-morph";
import type { LoopStatement, Statement } from "../../../ast/nodes.ts";
import { settle } from "../coerce.ts";
import { convertCondition } from "../condition.ts";
import { convertExpression, type JumpTarget, type Scope, spanOf } from "../context.ts";
import { flat } from "./branch.ts";
import { labelsOf } from "./label.ts";
import { convertStatements } from "./sequence.ts";
import { convertDeclarations } from "./variable.ts";

type Loop = ts.ForStatement | ts.WhileStatement | ts.DoStatement;

/** `for (let i = 0; i < n; i++) …` */
export function convertFor(node: ts.ForStatement, scope: Scope): readonly Statement[] {
  const outer = scope.pending;
  scope.pending = [];
  const init = convertInit(node.initializer, scope);
  const all = [...scope.pending, ...init];
  scope.pending = outer;
  const condition = node.condition && convertCondition(node.condition, scope);
  const update = node.incrementor && settle(convertExpression(node.incrementor, scope), scope);
  const body = convertLoopBody(node, scope);
  if (condition?.kind === "poison" || update?.kind === "poison") return [];
  return [
    { kind: "loop", ...body, init: all, ...(condition && { condition }), ...(update && { update }), testFirst: true },
  ];
}

function convertInit(node: ts.ForInitializer | undefined, scope: Scope): readonly Statement[] {
  if (!node) return [];
  if (ts.isVariableDeclarationList(node)) return convertDeclarations(node, scope);
  const value = settle(convertExpression(node, scope), scope);
  return value.kind === "poison" ? [] : [{ kind: "expression", value, at: spanOf(node, scope) }];
}

/** `while (condition) …` */
export function convertWhile(node: ts.WhileStatement, scope: Scope): readonly Statement[] {
  const condition = convertCondition(node.expression, scope);
  const body = convertLoopBody(node, scope);
  if (condition.kind === "poison") return [];
  return [{ kind: "loop", ...body, init: [], condition, testFirst: true }];
}

/** `do … while (condition)` */
export function convertDo(node: ts.DoStatement, scope: Scope): readonly Statement[] {
  const body = convertLoopBody(node, scope);
  const condition = convertCondition(node.expression, scope);
  if (condition.kind === "poison") return [];
  return [{ kind: "loop", ...body, init: [], condition, testFirst: false }];
}

function convertLoopBody(node: Loop, scope: Scope): Pick<LoopStatement, "id" | "body" | "at"> {
  const id = scope.module.nextId();
  const target: JumpTarget = { id, labels: labelsOf(node), kind: "loop" };
  scope.targets.push(target);
  const body = flat(convertStatements([node.statement], scope));
  scope.targets.pop();
  return { id, body, at: spanOf(node, scope) };
}

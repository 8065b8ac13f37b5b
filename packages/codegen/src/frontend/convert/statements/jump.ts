// `break`, `continue`, `return`, and the labels they name.
import type { ts } from "ts-morph";
import type { Statement } from "../../../ast/nodes.ts";
import { type JumpTarget, type Scope, spanOf } from "../context.ts";
import { isLoop } from "./label.ts";
import { convertReturnValue, convertStatements } from "./sequence.ts";

/** `label: statement`; on anything but a loop the label names a block around it. */
export function convertLabeled(node: ts.LabeledStatement, scope: Scope): readonly Statement[] {
  if (isLoop(node.statement)) return convertStatements([node.statement], scope);
  const id = scope.module.nextId();
  scope.targets.push({ id, labels: [node.label.text], kind: "block" });
  const body = convertStatements([node.statement], scope);
  scope.targets.pop();
  return [{ kind: "block", id, body, at: spanOf(node, scope) }];
}

function findTarget(scope: Scope, matches: (target: JumpTarget) => boolean): JumpTarget | undefined {
  return scope.targets.findLast(matches);
}

/** `break` and `break label` */
export function convertBreak(node: ts.BreakStatement, scope: Scope): readonly Statement[] {
  const label = node.label?.text;
  const target = findTarget(scope, (one) => (label === undefined ? one.kind !== "block" : one.labels.includes(label)));
  if (!target) throw new Error("frontend: break leads nowhere");
  return [{ kind: "break", target: target.id, at: spanOf(node, scope) }];
}

/** `continue` and `continue label` */
export function convertContinue(node: ts.ContinueStatement, scope: Scope): readonly Statement[] {
  const label = node.label?.text;
  const target = findTarget(scope, (one) => (label === undefined ? one.kind === "loop" : one.labels.includes(label)));
  const at = spanOf(node, scope);
  if (target?.kind !== "loop") throw new Error("frontend: continue leads to no loop");
  if (target.continueBlock !== undefined) return [{ kind: "break", target: target.continueBlock, at }];
  return [{ kind: "continue", target: target.id, at }];
}

/** `return` and `return value` */
export function convertReturn(node: ts.ReturnStatement, scope: Scope): readonly Statement[] {
  return convertReturnValue(node, node.expression, scope);
}

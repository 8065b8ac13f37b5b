// Lists of statements, and the value of a return. Temporaries that a statement's expressions need are declared before it.
import { ts } from "ts-morph";
import type { Expr, ReturnStatement, Statement } from "../../../ast/nodes.ts";
import { knownCondition } from "../condition.ts";
import { convertExpression, type PendingReturn, refuse, type Scope, spanOf } from "../context.ts";
import { describeType, isAggregate, isPacket, isText } from "../types.ts";
import { convertUsing, isUsing } from "./using.ts";

/** Converts statements in order. */
export function convertStatements(nodes: Iterable<ts.Statement>, scope: Scope): readonly Statement[] {
  const outer = scope.pending;
  const statements: Statement[] = [];
  const list = [...nodes];
  for (const [index, node] of list.entries()) {
    scope.pending = [];
    if (isUsing(node)) {
      statements.push(...convertUsing(node, () => convertStatements(list.slice(index + 1), scope), scope));
      break;
    }
    const converted = scope.module.dispatch.statement(node, scope);
    statements.push(...scope.pending, ...converted);
    if (ts.isIfStatement(node) && knownToLeave(node, scope)) break;
  }
  scope.pending = outer;
  return statements;
}

/** True for an `if` on a constant whose live side leaves: what follows is not converted. */
function knownToLeave(node: ts.Statement, scope: Scope): boolean {
  if (ts.isReturnStatement(node) || ts.isBreakStatement(node) || ts.isContinueStatement(node)) return true;
  if (ts.isBlock(node)) return node.statements.some((one) => knownToLeave(one, scope));
  if (!ts.isIfStatement(node)) return false;
  const known = knownCondition(node.expression, scope);
  const live = known === true ? node.thenStatement : known === false ? node.elseStatement : undefined;
  return live !== undefined && knownToLeave(live, scope);
}

/** `return value`; the value is made to fit the function's result when all returns are known. */
export function convertReturnValue(
  node: ts.Node,
  value: ts.Expression | undefined,
  scope: Scope,
): readonly Statement[] {
  const at = spanOf(node, scope);
  const pending: PendingReturn = { kind: "return", at };
  const statement: ReturnStatement = pending;
  scope.returns.push(pending);
  if (!value) return [statement];
  const result = returnable(convertExpression(value, scope), value, scope);
  if (result.type.kind === "nothing" && result.kind !== "nothing" && result.kind !== "poison") {
    return [{ kind: "expression", value: result, at }, statement];
  }
  pending.value = result;
  return [statement];
}

/** An object in registers can be returned where nothing else in the function's caller names it. */
function returnable(value: Expr, node: ts.Expression, scope: Scope): Expr {
  if (value.type.kind === "context") {
    return refuse("dslPlace", node, scope, { message: `the ${describeType(value.type)} cannot be returned` });
  }
  if (!isAggregate(value.type) || isPacket(value.type) || isText(value.type)) return value;
  if (value.kind !== "local" && value.kind !== "member") return value;
  const fresh = value.kind === "local" && isFresh(value.variable.id, scope);
  return fresh ? value : refuse("aliasing", node, scope);
}

function isFresh(variable: number, scope: Scope): boolean {
  for (const binding of scope.bindings.values()) {
    if (binding.kind === "variable" && binding.variable.id === variable) return binding.fresh;
  }
  return false;
}

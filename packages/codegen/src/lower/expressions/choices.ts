// Expressions that choose a value by control flow: `? :`, `&&`, `||`, `??`, comparisons and `!` as values, sequences.
import type { ConditionalExpr, Expr, LogicalExpr, SequenceExpr } from "../../ast/nodes.ts";
import type { BlockId } from "../../ir/function.ts";
import { newCell, none, readCell, type Value, writeCell } from "../cells.ts";
import { branchOnAbsence, lowerCondition, materialise, truth } from "../conditions.ts";
import { lowerDiagnostics } from "../diagnostics.ts";
import { isFresh } from "../freshness.ts";
import type { Lowering } from "../lowering.ts";

/** Two ways to a value of the expression's type, joined. */
function join(
  l: Lowering,
  expr: Expr,
  branch: (first: BlockId, second: BlockId) => void,
  ways: readonly [() => Value, () => Value],
): Value {
  const { build } = l;
  const cell = newCell(build, expr.type);
  const [first, second, after] = [build.block(), build.block(), build.block()];
  branch(first, second);
  [first, second].forEach((block, index) => {
    build.enterSealed(block);
    writeCell(build, cell, ways[index === 0 ? 0 : 1]());
    build.jump(after, expr.at);
  });
  build.enterSealed(after);
  return readCell(build, cell);
}

export function lowerConditional(l: Lowering, expr: ConditionalExpr): Value {
  const isRecord = expr.type.kind === "record" || expr.type.kind === "tuple";
  if (isRecord && !isFresh(l.module, expr)) l.report(lowerDiagnostics.sharedRecord, expr.at);
  return join(l, expr, (yes, no) => lowerCondition(l, expr.condition, yes, no), [
    () => l.expr(expr.whenTrue),
    () => l.expr(expr.whenFalse),
  ]);
}

export function lowerLogical(l: Lowering, expr: LogicalExpr): Value {
  if (expr.operator === "??") return coalesce(l, expr);
  if (expr.type.kind === "boolean" && !expr.type.nullable) return materialise(l, expr);
  const left = l.expr(expr.left);
  if (left.kind === "record" && left.present === undefined) return expr.operator === "&&" ? l.expr(expr.right) : left;
  const right = (): Value => l.expr(expr.right);
  const keep = (): Value => (expr.type.kind === "ref" && expr.left.type.kind !== "ref" ? none : left);
  const isAnd = expr.operator === "&&";
  return join(l, expr, (yes, no) => truth(l, left, expr.left, yes, no), [isAnd ? right : keep, isAnd ? keep : right]);
}

function coalesce(l: Lowering, expr: LogicalExpr): Value {
  const { type } = expr.left;
  const left = l.expr(expr.left);
  if (type.kind === "nothing") return l.expr(expr.right);
  if (type.kind === "context" || !type.nullable) return left;
  const branch = (yes: BlockId, no: BlockId): void => branchOnAbsence(l, left, expr.left, yes, no);
  return join(l, expr, branch, [() => left, () => l.expr(expr.right)]);
}

export function lowerSequence(l: Lowering, expr: SequenceExpr): Value {
  for (const item of expr.items.slice(0, -1)) l.discard(item);
  const last = expr.items.at(-1);
  return last ? l.expr(last) : none;
}

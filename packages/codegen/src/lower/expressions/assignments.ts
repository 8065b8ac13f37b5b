// Assignments, `++` and `--`, Object.assign. Order as in JavaScript: the target's object and index, then (compound) the
// old value, then the right side, then the store.
import type { AssignAllExpr, AssignExpr, BinaryOperator, UpdateExpr } from "../../ast/nodes.ts";
import { idOf, newCell, readCell, scalar, type Value, writeCell } from "../cells.ts";
import { branchOnAbsence, truth } from "../conditions.ts";
import { constant } from "../emit.ts";
import { fillParts } from "../fill.ts";
import type { Lowering } from "../lowering.ts";
import { pointerTo, refAddress } from "../places.ts";
import { applyBinary } from "./operators.ts";
import { aggregateOf, assignAggregate, lowerTarget, type Target } from "./targets.ts";

type LogicalOperator = "&&" | "||" | "??";

function isLogical(operator: BinaryOperator | LogicalOperator): operator is LogicalOperator {
  return operator === "&&" || operator === "||" || operator === "??";
}

export function lowerAssign(l: Lowering, expr: AssignExpr): Value {
  const aggregate = aggregateOf(expr.target);
  if (aggregate && expr.operator === undefined) return assignAggregate(l, expr, aggregate);
  const target = lowerTarget(l, expr.target);
  const { operator } = expr;
  if (operator === undefined) {
    const value = l.expr(expr.value);
    target.write(value, expr.value);
    return value;
  }
  if (isLogical(operator)) return assignLogical(l, expr, operator, target);
  const left = idOf(target.read());
  const right = l.scalar(expr.value);
  const spans = { at: expr.at, rightAt: expr.value.at };
  const result = scalar(applyBinary(l, operator, expr.target.type, [left, right], spans));
  target.write(result, undefined);
  return result;
}

/** `a &&= b` assigns only where the operator asks for the right side. */
function assignLogical(l: Lowering, expr: AssignExpr, operator: LogicalOperator, target: Target): Value {
  const { build } = l;
  const result = newCell(build, expr.type);
  const [assign, join] = [build.block(), build.block()];
  const old = target.read();
  writeCell(build, result, old);
  if (operator === "??") branchOnAbsence(l, old, expr.target, join, assign);
  else if (operator === "&&") truth(l, old, expr.target, assign, join);
  else truth(l, old, expr.target, join, assign);
  build.enterSealed(assign);
  const value = l.expr(expr.value);
  target.write(value, expr.value);
  writeCell(build, result, value);
  build.jump(join, expr.at);
  build.enterSealed(join);
  return readCell(build, result);
}

export function lowerUpdate(l: Lowering, expr: UpdateExpr): Value {
  const target = lowerTarget(l, expr.target);
  const old = target.read();
  const one = constant(l.build, 1, expr.at);
  const spans = { at: expr.at, rightAt: expr.at };
  const next = scalar(applyBinary(l, expr.operator, expr.target.type, [idOf(old), one], spans));
  target.write(next, undefined);
  return expr.prefix ? next : scalar(idOf(old));
}

/** `Object.assign(target, …)`. */
export function lowerAssignAll(l: Lowering, expr: AssignAllExpr): Value {
  const { type } = expr.target;
  if (type.kind !== "ref" || type.layout.kind !== "struct")
    throw new Error("lower: Object.assign to what is no struct");
  const address = refAddress(l, expr.target);
  fillParts(l, address, type.layout, expr.parts, expr.at);
  return scalar(pointerTo(l, address, expr.at));
}

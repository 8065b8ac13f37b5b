// Expressions for their effects alone: no value is made, so atomics need not fetch and branches need not join values.
import type { Expr } from "../ast/nodes.ts";
import { lowerCondition } from "./conditions.ts";
import { lowerAtomic } from "./intrinsics/atomics.ts";
import type { Lowering } from "./lowering.ts";

/** Lowers an expression whose value nobody wants. */
export function discard(l: Lowering, expr: Expr): void {
  if (expr.kind === "atomic") lowerAtomic(l, expr, false);
  else if (expr.kind === "sequence") for (const item of expr.items) discard(l, item);
  else if (expr.kind === "conditional") either(l, expr, expr.condition, expr.whenTrue, expr.whenFalse);
  else if (expr.kind === "logical" && expr.operator === "&&") either(l, expr, expr.left, expr.right, undefined);
  else if (expr.kind === "logical" && expr.operator === "||") either(l, expr, expr.left, undefined, expr.right);
  else if (expr.kind === "not") discard(l, expr.operand);
  else l.expr(expr);
}

function either(
  l: Lowering,
  expr: Expr,
  condition: Expr,
  whenTrue: Expr | undefined,
  whenFalse: Expr | undefined,
): void {
  const { build } = l;
  const [yes, no, join] = [build.block(), build.block(), build.block()];
  lowerCondition(l, condition, yes, no);
  for (const [block, way] of [
    [yes, whenTrue],
    [no, whenFalse],
  ] as const) {
    build.enterSealed(block);
    if (way) discard(l, way);
    build.jump(join, expr.at);
  }
  build.enterSealed(join);
}

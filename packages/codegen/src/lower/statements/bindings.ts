// Declarations. A record is shared with what it was made from; one that is assigned again later gets cells of its own.
import type { Expr, LetStatement } from "../../ast/nodes.ts";
import { newCell, writeCell } from "../cells.ts";
import { lowerDiagnostics } from "../diagnostics.ts";
import { lowerConstruct } from "../expressions/values.ts";
import { isFresh } from "../freshness.ts";
import type { Lowering } from "../lowering.ts";

/** True when the record that the expression names may be replaced later, so that sharing it would be wrong. */
function isReplaceable(expr: Expr): boolean {
  return expr.kind === "local" ? expr.variable.mutable : expr.kind === "member" && isReplaceable(expr.object);
}

export function lowerLet(l: Lowering, statement: LetStatement): void {
  const { build } = l;
  const { variable, init } = statement;
  const value = init && (init.kind === "construct" ? lowerConstruct(l, init, variable.name) : l.expr(init));
  if (init && value?.kind === "record") {
    const isShared = variable.mutable ? !isFresh(l.module, init) : isReplaceable(init);
    if (isShared) l.report(lowerDiagnostics.sharedRecord, init.at);
    if (!variable.mutable) {
      l.frame.locals.set(variable.id, value);
      return;
    }
  }
  const cell = newCell(build, variable.type);
  l.frame.locals.set(variable.id, cell);
  if (value) writeCell(build, cell, value);
}

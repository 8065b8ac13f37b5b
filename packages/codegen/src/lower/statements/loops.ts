// Loops: init; header: test; body; continue: update; back to the header. Bounds are analyze's concern.
import type { LoopStatement } from "../../ast/nodes.ts";
import type { Lowering } from "../lowering.ts";

export function lowerLoop(l: Lowering, statement: LoopStatement): void {
  const { build } = l;
  const { at, condition, update, id } = statement;
  l.statements(statement.init);
  if (!build.reachable) return;
  const [header, body, next, after] = [build.block(), build.block(), build.block(), build.block()];
  l.frame.exits.set(id, { break: after, continue: next, reservations: l.frame.reservations.length });

  build.jump(header, at);
  build.enter(header);
  if (statement.testFirst && condition) l.condition(condition, body, after);
  else build.jump(body, at);
  build.enterSealed(body);
  l.statements(statement.body);
  build.jump(next, at);

  build.enterSealed(next);
  if (build.reachable) {
    if (update) l.discard(update);
    if (!statement.testFirst && condition) l.condition(condition, header, after);
    else build.jump(header, at);
  }
  build.seal(header);
  build.enterSealed(after);
}

// `if`, `switch`, blocks with labels, and what leaves them: `break`, `continue`, `return`.
import type {
  BlockStatement,
  BreakStatement,
  ContinueStatement,
  IfStatement,
  ReturnStatement,
  SwitchStatement,
} from "../../ast/nodes.ts";
import type { BlockId } from "../../ir/function.ts";
import { idOf, none, writeCell } from "../cells.ts";
import { compareOp } from "../conditions.ts";
import { constant } from "../emit.ts";
import type { LoopExits, Lowering } from "../lowering.ts";
import { endReservations } from "../reservations.ts";

export function lowerIf(l: Lowering, statement: IfStatement): void {
  const { build } = l;
  const [yes, no, after] = [build.block(), build.block(), build.block()];
  l.condition(statement.condition, yes, no);
  for (const [block, body] of [
    [yes, statement.whenTrue],
    [no, statement.whenFalse],
  ] as const) {
    build.enterSealed(block);
    l.statements(body);
    build.jump(after, statement.at);
  }
  build.enterSealed(after);
}

/** Tests in source order, then the default; bodies fall through. */
export function lowerSwitch(l: Lowering, statement: SwitchStatement): void {
  const { build } = l;
  const subject = l.scalar(statement.subject);
  const bodies = statement.cases.map((clause) => ({ clause, block: build.block() }));
  const after = build.block();
  for (const { clause, block } of bodies) {
    if (!clause.test) continue;
    const next = build.block();
    const test = l.scalar(clause.test);
    build.branch(compareOp("===", statement.subject.type), subject, test, block, next, clause.at);
    build.enterSealed(next);
  }
  const otherwise: BlockId = bodies.find(({ clause }) => !clause.test)?.block ?? after;
  build.jump(otherwise, statement.at);
  l.frame.exits.set(statement.id, { break: after, reservations: l.frame.reservations.length });
  bodies.forEach(({ clause, block }, index) => {
    build.enterSealed(block);
    l.statements(clause.body);
    build.jump(bodies[index + 1]?.block ?? after, clause.at);
  });
  build.enterSealed(after);
}

export function lowerBlock(l: Lowering, statement: BlockStatement): void {
  const after = l.build.block();
  l.frame.exits.set(statement.id, { break: after, reservations: l.frame.reservations.length });
  l.statements(statement.body);
  l.build.jump(after, statement.at);
  l.build.enterSealed(after);
}

export function lowerBreak(l: Lowering, statement: BreakStatement): void {
  const exits = l.frame.exits.get(statement.target);
  if (!exits) throw new Error(`lower: break leaves ${statement.target}, which is not open`);
  endReservations(l, l.frame.reservations.slice(exits.reservations), statement.at);
  l.build.jump(exits.break, statement.at);
}

export function lowerContinue(l: Lowering, statement: ContinueStatement): void {
  const exits = l.frame.exits.get(statement.target);
  if (exits?.continue === undefined)
    throw new Error(`lower: continue goes to ${statement.target}, which is no open loop`);
  endReservations(l, l.frame.reservations.slice(exits.reservations), statement.at);
  l.build.jump(exits.continue, statement.at);
}

export function lowerReturn(l: Lowering, statement: ReturnStatement): void {
  const { build, frame } = l;
  if (frame.loop) {
    lowerLoopReturn(l, statement, frame.loop);
    return;
  }
  const value = statement.value ? l.expr(statement.value) : none;
  endReservations(l, frame.reservations, statement.at);
  if (frame.after === undefined) {
    const isNumber = value.kind === "none" && frame.function.result.kind !== "ref";
    build.return(isNumber ? constant(build, 0, statement.at) : idOf(value), statement.at);
    return;
  }
  if (frame.result.kind === "record" && value.kind === "record" && frame.returns === 1) frame.result = value;
  // The front end lets a function return only objects that nothing else names, so copying is the same as sharing.
  else writeCell(build, frame.result, value);
  build.jump(frame.after, statement.at);
}

/** In the body of a `loop`: `return false` ends it, any other goes on with the next iteration. */
function lowerLoopReturn(l: Lowering, { value, at }: ReturnStatement, { next, stop }: LoopExits): void {
  const { build, frame } = l;
  const leave = (to: BlockId): void => {
    endReservations(l, frame.reservations, at);
    build.jump(to, at);
  };
  if (!value || value.kind === "boolean") {
    leave(value?.value === false ? stop : next);
    return;
  }
  const [yes, no] = [build.block(), build.block()];
  l.condition(value, yes, no);
  build.enterSealed(yes);
  leave(next);
  build.enterSealed(no);
  leave(stop);
}

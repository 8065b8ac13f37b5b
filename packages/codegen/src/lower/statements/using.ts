// `using record = ring.reserve()` and the rest of its block; `record.submit()` and `record.discard()`;
// `using lock = entry.lock.acquire()`.
import { type CalleeRow, callees } from "@typebpf/abi";
import type { LockStatement, ReleaseExpr, UsingStatement } from "../../ast/nodes.ts";
import { newCell, none, scalar, type Value, writeCell } from "../cells.ts";
import { lowerDiagnostics } from "../diagnostics.ts";
import { constant } from "../emit.ts";
import { call } from "../intrinsics/calls.ts";
import type { Lowering } from "../lowering.ts";
import { pointerTo, refAddress } from "../places.ts";
import { endReservations, holdSocket, release, reserve } from "../reservations.ts";

export function lowerUsing(l: Lowering, statement: UsingStatement): void {
  const { build, frame } = l;
  const { variable, at } = statement;
  if (variable.type.kind !== "ref") throw new Error("lower: a record that is no ref");
  const reservation =
    statement.of.kind === "helper"
      ? holdSocket(l, variable.id, l.scalar(statement.of), at)
      : reserve(l, variable.id, statement.of.map, variable.type.layout.size, at);
  const cell = newCell(build, variable.type);
  frame.locals.set(variable.id, cell);
  writeCell(build, cell, scalar(reservation.pointer));
  frame.reservations.push(reservation);
  l.statements(statement.body);
  frame.reservations.pop();
  if (build.reachable) endReservations(l, [reservation], at);
}

export function lowerRelease(l: Lowering, expr: ReleaseExpr): Value {
  const reservation = l.frame.reservations.find((one) => "variable" in one && one.variable === expr.record.id);
  if (!reservation || "lock" in reservation)
    throw new Error(`lower: ${expr.record.name} is released outside of its scope`);
  const flags = expr.flags ? l.scalar(expr.flags) : constant(l.build, 0, expr.at);
  release(l, reservation, expr.submit, flags, expr.at);
  return none;
}

export function lowerLock(l: Lowering, statement: LockStatement): void {
  const { build, frame } = l;
  const { at } = statement;
  const lock = pointerTo(l, refAddress(l, statement.lock), statement.lock.at);
  const row: CalleeRow = callees.spinLock;
  const type = build.typeOf(lock);
  if (row.programs !== "all" && !row.programs.includes(l.program.type)) {
    const message = `a program of type ${l.program.type} takes a lock`;
    l.report(lowerDiagnostics.lockPlace, at, { message, help: "use atomics, or a map with a value for each CPU" });
  } else if (type !== undefined && type !== "ptr.mapValue") {
    l.report(lowerDiagnostics.lockPlace, statement.lock.at);
  }
  call(l, "spinLock", [lock], at);
  const held = { lock };
  frame.reservations.push(held);
  l.statements(statement.body);
  frame.reservations.pop();
  if (build.reachable) endReservations(l, [held], at);
}

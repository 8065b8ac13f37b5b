// `using record = ring.reserve()` and the rest of its block; `record.submit()` and `record.discard()`.
import type { ReleaseExpr, UsingStatement } from "../../ast/nodes.ts";
import { newCell, none, scalar, type Value, writeCell } from "../cells.ts";
import { constant } from "../emit.ts";
import type { Lowering } from "../lowering.ts";
import { endReservations, release, reserve } from "../reservations.ts";

export function lowerUsing(l: Lowering, statement: UsingStatement): void {
  const { build, frame } = l;
  const { variable, at } = statement;
  if (variable.type.kind !== "ref") throw new Error("lower: a record that is no ref");
  const reservation = reserve(l, variable.id, statement.map, variable.type.layout.size, at);
  const cell = newCell(build, variable.type);
  frame.locals.set(variable.id, cell);
  writeCell(build, cell, scalar(reservation.pointer));
  frame.reservations.push(reservation);
  l.statements(statement.body);
  frame.reservations.pop();
  if (build.reachable) endReservations(l, [reservation], at);
}

export function lowerRelease(l: Lowering, expr: ReleaseExpr): Value {
  const reservation = l.frame.reservations.find((one) => one.variable === expr.record.id);
  if (!reservation) throw new Error(`lower: ${expr.record.name} is released outside of its scope`);
  const flags = expr.flags ? l.scalar(expr.flags) : constant(l.build, 0, expr.at);
  release(l, reservation, expr.submit, flags, expr.at);
  return none;
}

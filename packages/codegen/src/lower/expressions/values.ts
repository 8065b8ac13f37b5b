// Expressions that name or make values: constants, variables, members, memory places, records, constructors.
import type {
  ConstructExpr,
  ElementExpr,
  FieldExpr,
  IntegerExpr,
  LocalExpr,
  MemberExpr,
  RecordExpr,
  TupleExpr,
} from "../../ast/nodes.ts";
import type { AstType } from "../../ast/types.ts";
import { type Cell, newCell, none, readCell, scalar, type Value, writeCell } from "../cells.ts";
import { constant } from "../emit.ts";
import { fillFresh } from "../fill.ts";
import type { Lowering } from "../lowering.ts";
import { loadScalar, scalarPlace } from "../memory.ts";
import { addressOf, pointerTo, stackPlace } from "../places.ts";

export function lowerInteger(l: Lowering, expr: IntegerExpr): Value {
  return scalar(constant(l.build, expr.value, expr.at));
}

/** The cell of a local variable. @throws Error where it is not in scope (a compiler bug). */
export function cellOf(l: Lowering, expr: LocalExpr): Cell {
  const cell = l.frame.locals.get(expr.variable.id);
  if (!cell) throw new Error(`lower: ${expr.variable.name} is not in scope`);
  return cell;
}

export function lowerLocal(l: Lowering, expr: LocalExpr): Value {
  return readCell(l.build, cellOf(l, expr));
}

/** The cell of a member of a record, or of an item of a tuple. */
export function memberCell(l: Lowering, expr: MemberExpr): Cell {
  const object = l.expr(expr.object);
  const cell = object.kind === "record" ? object.members.get(expr.name) : undefined;
  if (!cell) throw new Error(`lower: no member ${expr.name}`);
  return cell;
}

export function lowerMember(l: Lowering, expr: MemberExpr): Value {
  return readCell(l.build, memberCell(l, expr));
}

/** A field or an item: a scalar is loaded, an aggregate is a ref to its place. */
export function lowerPlace(l: Lowering, expr: FieldExpr | ElementExpr): Value {
  const address = addressOf(l, expr);
  if (expr.type.kind === "ref") return scalar(pointerTo(l, address, expr.at));
  const field = expr.kind === "field" ? expr.field : undefined;
  return scalar(loadScalar(l.build, scalarPlace(address, expr.layout, field), expr.at));
}

/** A member that is a record shares its cells; others are copied into cells of their own. */
function memberOf(l: Lowering, type: AstType, value: Value): Cell {
  if (value.kind === "record") return value;
  const cell = newCell(l.build, type);
  writeCell(l.build, cell, value);
  return cell;
}

export function lowerRecord(l: Lowering, expr: RecordExpr): Value {
  const values = expr.members.map(({ name, value }) => [name, value.type, l.expr(value)] as const);
  return { kind: "record", members: new Map(values.map(([name, type, value]) => [name, memberOf(l, type, value)])) };
}

export function lowerTuple(l: Lowering, expr: TupleExpr): Value {
  const values = expr.items.map((item) => [item.type, l.expr(item)] as const);
  return {
    kind: "record",
    members: new Map(values.map(([type, value], index) => [`${index}`, memberOf(l, type, value)])),
  };
}

/** A fresh struct or array on the stack; `name` is the variable's, for the ledger. */
export function lowerConstruct(l: Lowering, expr: ConstructExpr, variable?: string): Value {
  const { layout } = expr;
  const name = variable ?? (layout.kind === "struct" ? layout.name : layout.kind);
  const place = stackPlace(l, layout, name, expr.at);
  fillFresh(l, place, layout, expr.init, expr.at);
  return scalar(place.base);
}

export function lowerNothing(): Value {
  return none;
}

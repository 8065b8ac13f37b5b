// What can be assigned to. A target evaluates its object and index once; it is then read and written any number of times.
import type { Layout } from "@typebpf/abi";
import type { AssignExpr, ElementExpr, Expr, FieldExpr, PlaceExpr } from "../../ast/nodes.ts";
import { type Cell, idOf, readCell, scalar, type Value, writeCell } from "../cells.ts";
import { lowerDiagnostics } from "../diagnostics.ts";
import { fillPlace } from "../fill.ts";
import { assertFits } from "../fits.ts";
import { isFresh } from "../freshness.ts";
import { contextTarget } from "../intrinsics/context.ts";
import type { Lowering } from "../lowering.ts";
import { loadScalar, scalarPlace, storeScalar } from "../memory.ts";
import { addressOf, pointerTo } from "../places.ts";
import { cellOf, memberCell } from "./values.ts";

export interface Target {
  read(): Value;
  /** `source` is the expression that gave the value, where one did. */
  write(value: Value, source: Expr | undefined): void;
}

/** Evaluates the object and index of a place. */
export function lowerTarget(l: Lowering, place: PlaceExpr): Target {
  switch (place.kind) {
    case "local":
      return cellTarget(l, cellOf(l, place), place);
    case "member":
      return cellTarget(l, memberCell(l, place), place);
    case "field":
    case "element":
      return memoryTarget(l, place);
    case "contextField":
      return contextTarget(l, place);
  }
}

function cellTarget(l: Lowering, cell: Cell, place: PlaceExpr): Target {
  return {
    read: () => readCell(l.build, cell),
    write: (value, source) => {
      // A member that is a record may be known by other names, which would see its members change.
      const shared = place.kind === "member" || (source && !isFresh(l.module, source));
      if (cell.kind === "record" && shared) l.report(lowerDiagnostics.sharedRecord, place.at);
      else writeCell(l.build, cell, value);
    },
  };
}

function memoryTarget(l: Lowering, place: FieldExpr | ElementExpr): Target {
  const address = addressOf(l, place);
  const field = place.kind === "field" ? place.field : undefined;
  const { layout, at } = place;
  if (layout.kind === "struct" || layout.kind === "array") {
    return {
      read: () => scalar(pointerTo(l, address, at)),
      write: () => {
        throw new Error("lower: an aggregate is assigned as a scalar");
      },
    };
  }
  const target = scalarPlace(address, layout, field);
  return {
    read: () => scalar(loadScalar(l.build, target, at)),
    write: (value, source) => {
      const id = idOf(value);
      assertFits(l.build, id, source, layout, field?.name ?? nameOf(place), source?.at ?? at);
      storeScalar(l.build, target, id, at);
    },
  };
}

function nameOf(place: FieldExpr | ElementExpr): string {
  return place.kind === "field" ? "value" : "item";
}

/** The layout of an aggregate that is assigned byte by byte; undefined for everything else. */
export function aggregateOf(place: PlaceExpr): Layout | undefined {
  if (place.kind !== "field" && place.kind !== "element") return undefined;
  return place.layout.kind === "struct" || place.layout.kind === "array" ? place.layout : undefined;
}

/** `place = value` for an aggregate in memory: copies the bytes. */
export function assignAggregate(l: Lowering, expr: AssignExpr, layout: Layout): Value {
  if (expr.target.kind !== "field" && expr.target.kind !== "element") throw new Error("lower: no place in memory");
  const address = addressOf(l, expr.target);
  fillPlace(l, address, layout, { kind: "value", value: expr.value });
  return scalar(pointerTo(l, address, expr.at));
}

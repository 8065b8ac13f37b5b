// Calls of kernel helpers by their rows, and the operations of maps, which are helpers with pointers to key and value.
import { type HelperName, type HelperRow, helpers, type Layout, type MapSpec, type Span } from "@typebpf/abi";
import type { Expr, HelperExpr, Initializer, MapExpr } from "../../ast/nodes.ts";
import type { ValueId } from "../../ir/function.ts";
import { idOf, scalar, type Value } from "../cells.ts";
import { changesMemory } from "../effects.ts";
import { assert, choose, constant } from "../emit.ts";
import { fillFresh } from "../fill.ts";
import type { Lowering } from "../lowering.ts";
import { pointerTo, refAddress, stackPlace } from "../places.ts";
import { hasPadding, isSameLayout } from "../ranges-of-layout.ts";
import { nullValue } from "../ssa-builder.ts";

function call(l: Lowering, helper: HelperName, args: readonly ValueId[], at: Span): ValueId {
  const row: HelperRow = helpers[helper];
  return l.build.define({ op: "call", helper, args, type: row.returns.is === "mapValue" ? "ptr.mapValue" : "i64", at });
}

/** A helper of the context: the context argument is filled in, the others come in the row's order. */
export function lowerHelper(l: Lowering, expr: HelperExpr): Value {
  const row: HelperRow = helpers[expr.helper];
  const given = [...expr.args];
  const args = row.args.map((arg): ValueId => {
    if (arg.is === "context") return l.build.context;
    const next = given.shift();
    if (!next) throw new Error(`lower: ${row.symbol} misses its argument ${arg.name}`);
    const value = next.type.kind === "ref" ? pointerTo(l, refAddress(l, next), next.at) : idOf(l.expr(next));
    if (arg.is === "integer" && arg.width === 32 && next.type.kind === "number") {
      assert(l.build, value, { kind: "fits", bits: 32, signed: arg.signed, field: arg.name }, next.at);
    }
    return value;
  });
  return scalar(call(l, expr.helper, args, expr.at));
}

function specOf(l: Lowering, name: string): MapSpec {
  const spec = l.module.maps.find((map) => map.name === name);
  if (!spec) throw new Error(`lower: no map ${name}`);
  return spec;
}

/** A ref whose memory a helper may read as it is: exactly this layout, and no padding that others wrote. */
function directRef(init: Initializer, layout: Layout): Expr | undefined {
  if (init.kind !== "value" || init.value.kind === "construct") return undefined;
  const { type } = init.value;
  if (type.kind !== "ref" || !isSameLayout(type.layout, layout)) return undefined;
  return hasPadding(layout) ? undefined : init.value;
}

/** Memory that holds an initialiser: the memory it already lies in, or a new place on the stack. */
function inMemory(l: Lowering, init: Initializer, layout: Layout, name: string, at: Span, unstable: boolean): ValueId {
  const ref = unstable ? undefined : directRef(init, layout);
  if (ref) return pointerTo(l, refAddress(l, ref), at);
  const place = stackPlace(l, layout, name, at);
  fillFresh(l, place, layout, init, at);
  return place.base;
}

/** An operation of a map. */
export function lowerMap(l: Lowering, expr: MapExpr): Value {
  const { build } = l;
  const { at } = expr;
  const spec = specOf(l, expr.map);
  const later = [expr.value, expr.flags].some((part) => part && changesMemory(part));
  const key = inMemory(l, expr.key, spec.key, `key of ${expr.map}`, at, later);
  switch (expr.operation) {
    case "get":
      return scalar(call(l, "mapLookupElem", [mapOf(l, expr), key], at));
    case "has": {
      const found = call(l, "mapLookupElem", [mapOf(l, expr), key], at);
      return choose(l, false, at, (yes, no) => build.branch("ne64", found, nullValue, yes, no, at), {
        whenTrue: () => constant(build, 1, at),
        whenFalse: () => constant(build, 0, at),
      });
    }
    case "set": {
      if (!expr.value) throw new Error(`lower: set on ${expr.map} without a value`);
      const unstable = expr.flags !== undefined && changesMemory(expr.flags);
      const value = inMemory(l, expr.value, spec.value, `value of ${expr.map}`, at, unstable);
      const flags = expr.flags ? l.scalar(expr.flags) : constant(build, 0, at);
      return scalar(call(l, "mapUpdateElem", [mapOf(l, expr), key, value, flags], at));
    }
    case "delete":
      return scalar(call(l, "mapDeleteElem", [mapOf(l, expr), key], at));
  }
}

function mapOf(l: Lowering, expr: MapExpr): ValueId {
  return l.build.define({ op: "map", map: expr.map, type: "ptr.map", at: expr.at });
}

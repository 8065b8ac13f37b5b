// The operations of maps, which are helpers with pointers to key and value.
import { type HelperName, type HelperRow, helpers, type Layout, type MapSpec, type Span } from "@typebpf/abi";
import type { Expr, Initializer, MapExpr } from "../../ast/nodes.ts";
import type { ValueId } from "../../ir/function.ts";
import { scalar, type Value } from "../cells.ts";
import { changesMemory } from "../effects.ts";
import { choose, constant } from "../emit.ts";
import { fillFresh } from "../fill.ts";
import type { Lowering } from "../lowering.ts";
import { pointerTo, refAddress, stackPlace } from "../places.ts";
import { hasPadding, isSameLayout } from "../ranges-of-layout.ts";
import { nullValue } from "../ssa-builder.ts";

/** A call of a helper with all its arguments. */
export function call(l: Lowering, helper: HelperName, args: readonly ValueId[], at: Span): ValueId {
  const row: HelperRow = helpers[helper];
  return l.build.define({ op: "call", helper, args, type: row.returns.is === "mapValue" ? "ptr.mapValue" : "i64", at });
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

// The operations of maps, which are helpers with pointers to key and value.
import {
  type CalleeName,
  type CalleeRow,
  callees,
  hasFeature,
  type Layout,
  type MapSpec,
  type Span,
} from "@typebpf/abi";
import type { Expr, Initializer, MapExpr } from "../../ast/nodes.ts";
import type { ValueId } from "../../ir/function.ts";
import type { IrType } from "../../ir/types.ts";
import { scalar, type Value } from "../cells.ts";
import { changesMemory } from "../effects.ts";
import { choose, constant, constantOf } from "../emit.ts";
import { fillFresh } from "../fill.ts";
import type { Lowering } from "../lowering.ts";
import { copyBytes } from "../memory.ts";
import { pointerTo, refAddress, stackPlace } from "../places.ts";
import { hasPadding, isSameLayout } from "../ranges-of-layout.ts";
import { nullValue } from "../ssa-builder.ts";

/** A call of a helper with all its arguments. */
export function call(l: Lowering, helper: CalleeName, args: readonly ValueId[], at: Span): ValueId {
  const row: CalleeRow = callees[helper];
  return l.build.define({ op: "call", helper, args, type: resultTypes[row.returns.is] ?? "i64", at });
}

const resultTypes: { readonly [K in CalleeRow["returns"]["is"]]?: IrType } = {
  mapValue: "ptr.mapValue",
  record: "ptr.record",
  socket: "ptr.socket",
};

/** What a map is. */
export function specOf(l: Lowering, name: string): MapSpec {
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

/** Where helpers may not read: keys and values not in records, by all kernels; other memory not in packets. */
const unreadable = { map: "ptr.record", other: "ptr.packet" } as const;

/** What the map of an operation is: one of the module, or what those in a map of maps are like. */
export function specOfCall(l: Lowering, { map, handle }: Pick<MapExpr, "map" | "handle">): MapSpec {
  const spec = specOf(l, map);
  return handle && spec.inner ? { ...spec.inner, name: map } : spec;
}

/** Memory that holds an initialiser: the memory it already lies in, or a new place on the stack. */
export function inMemory(
  l: Lowering,
  init: Initializer,
  layout: Layout,
  name: string,
  at: Span,
  unstable: boolean,
  reader: keyof typeof unreadable = "map",
): ValueId {
  const ref = unstable ? undefined : directRef(init, layout);
  if (ref) {
    const pointer = pointerTo(l, refAddress(l, ref), at);
    if (l.build.typeOf(pointer) !== unreadable[reader]) return pointer;
    const copy = stackPlace(l, layout, name, at);
    copyBytes(l.build, copy, { base: pointer, offset: 0 }, layout.size, at);
    return copy.base;
  }
  const place = stackPlace(l, layout, name, at);
  fillFresh(l, place, layout, init, at);
  return place.base;
}

/**
 * The value of a map of one entry by its address, without a call: the kernel gives addresses of array maps with one entry
 * only (kernel/bpf/arraymap.c, array_map_direct_value_addr). Null for any other index; undefined where it is not so plain.
 */
function directValue(l: Lowering, { operation, key, at }: MapExpr, spec: MapSpec): ValueId | undefined {
  const plain = spec.type === "array" && spec.maxEntries === 1 && spec.flags === 0;
  if (!plain || !l.directMapValues || !hasFeature(l.module.target.kernel, "globals")) return undefined;
  if ((operation !== "get" && operation !== "has") || key.kind !== "value") return undefined;
  if (key.value.kind !== "integer" && key.value.kind !== "local") return undefined;
  const index = constantOf(l.build, l.scalar(key.value));
  if (index === undefined) return undefined;
  if (index !== 0n) return nullValue;
  return l.build.define({ op: "address", of: "map", name: spec.name, offset: 0, type: "ptr.mapValue", at });
}

/** An operation of a map. */
export function lowerMap(l: Lowering, expr: MapExpr): Value {
  const { build } = l;
  const { at } = expr;
  const spec = specOfCall(l, expr);
  const handle = expr.handle && l.scalar(expr.handle);
  const map = (): ValueId => handle ?? mapOf(l, expr);
  const direct = expr.handle ? undefined : directValue(l, expr, spec);
  if (direct !== undefined) {
    return scalar(expr.operation === "get" ? direct : constant(build, direct === nullValue ? 0 : 1, at));
  }
  const later = [expr.value, expr.flags].some((part) => part && changesMemory(part));
  const key = inMemory(l, expr.key, spec.key, `key of ${expr.map}`, at, later);
  switch (expr.operation) {
    case "get":
      return scalar(find(l, spec, map(), key, at));
    case "has": {
      const found = find(l, spec, map(), key, at);
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
      return scalar(call(l, "mapUpdateElem", [map(), key, value, flags], at));
    }
    case "delete":
      return scalar(call(l, "mapDeleteElem", [map(), key], at));
  }
}

/** The entry under a key: its value, or of a map of maps the map. */
function find(l: Lowering, { inner }: MapSpec, map: ValueId, key: ValueId, at: Span): ValueId {
  const type = inner ? "ptr.map" : "ptr.mapValue";
  return l.build.define({ op: "call", helper: "mapLookupElem", args: [map, key], type, at });
}

/** A map of the module itself. */
export function mapOf(l: Lowering, { map, at }: Pick<MapExpr, "map" | "at">): ValueId {
  return l.build.define({ op: "map", map, type: "ptr.map", at });
}

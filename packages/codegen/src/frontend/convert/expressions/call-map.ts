// Operations of maps: `map.get(key)`, `map.set(key, value, flags)` and the rest, as the map's row of intrinsics lists.
import type { ts } from "ts-morph";
import type { Expr, MapExpr } from "../../../ast/nodes.ts";
import { type AstType, booleanType, numberType } from "../../../ast/types.ts";
import type { MapConstant } from "../../values.ts";
import { coerce } from "../coerce.ts";
import { convertExpression, poison, refuse, type Scope, spanOf } from "../context.ts";
import { convertInitializer } from "../initializer.ts";
import { innerMapType } from "../inner-map.ts";
import { convertDrain, convertForEach } from "./call-loop.ts";
import { convertMapHelper, mapHelperOf } from "./call-map-helper.ts";

type Operation = MapExpr["operation"];

const results: Readonly<Record<Operation, (map: MapConstant) => AstType>> = {
  get: (map) => (map.inner ? innerMapType(map) : { kind: "ref", layout: map.spec.value, nullable: true }),
  has: () => booleanType,
  set: () => numberType,
  delete: () => numberType,
};

function operationOf(map: MapConstant, name: string): Operation | undefined {
  const known = Object.hasOwn(results, name) && map.operations.includes(name);
  return known ? (name as Operation) : undefined;
}

/** A call of a map's method. */
export function convertMapCall(
  node: ts.CallExpression,
  map: MapConstant,
  name: ts.MemberName,
  scope: Scope,
  handle?: Expr,
): Expr {
  const has = map.operations.includes(name.text);
  if (!handle) scope.module.maps.set(map.declaration, map);
  if (handle && has && ["forEach", "drain", "reserve"].includes(name.text)) {
    const message = `${name.text} on a map that a map of maps gave`;
    return refuse("notCallable", node, scope, { message });
  }
  if (has && name.text === "forEach") return convertForEach(node, map, scope);
  if (has && name.text === "drain") return convertDrain(node, map, scope);
  if (has && name.text === "reserve") return refuse("reservedRecord", node, scope);
  const helper = has ? mapHelperOf(node, map.spec.type, name.text, scope) : undefined;
  if (helper) return convertMapHelper(node, map, helper, scope, handle);
  const operation = operationOf(map, name.text);
  const at = spanOf(node, scope);
  if (!operation)
    return refuse("unknownProperty", name, scope, { message: `a ${map.spec.type} map has no ${name.text}` });
  const [keyNode, valueNode, flagsNode] = node.arguments;
  if (!keyNode || (operation === "set") !== (valueNode !== undefined)) return refuse("notCallable", node, scope);
  const key = convertInitializer(keyNode, map.spec.key, scope);
  const value = valueNode && convertInitializer(valueNode, map.spec.value, scope);
  const flags = flagsNode && coerce(convertExpression(flagsNode, scope), numberType, scope);
  if (!key || (valueNode && !value) || flags?.kind === "poison") return poison(at);
  return {
    kind: "map",
    operation,
    map: map.spec.name,
    ...(handle && { handle }),
    key,
    ...(value && { value }),
    ...(flags && { flags }),
    type: results[operation](map),
    at,
  };
}

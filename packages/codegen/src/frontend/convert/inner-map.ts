// Maps that a map of maps gives at run time. To the type checker of the compiler such a map is a ref to nothing that can be
// read: a struct without members, whose name says which map of maps it came from.
import type { StructLayout } from "@typebpf/abi";
import type { Expr } from "../../ast/nodes.ts";
import type { AstType, RefType } from "../../ast/types.ts";
import type { MapConstant } from "../values.ts";
import type { Scope } from "./context.ts";

/** No struct of a schema has a name with a space. */
const prefix = "map in ";

/** The type of what `get` of a map of maps gives. */
export function innerMapType({ spec }: MapConstant): RefType {
  const layout: StructLayout = { kind: "struct", name: `${prefix}${spec.name}`, size: 0, align: 1, fields: [] };
  return { kind: "ref", layout, nullable: true };
}

/** A map at run time: what it is like, under the name of the map of maps it came from, and the value that stands for it. */
export interface InnerMap {
  readonly map: MapConstant;
  readonly handle: Expr;
}

/** The map that a value is; undefined where it is something else. */
export function innerMapOf(value: Expr, scope: Scope): InnerMap | undefined {
  const outer = outerName(value.type);
  const found = [...scope.module.maps.values()].find(({ spec }) => spec.name === outer);
  if (!found?.inner) return undefined;
  const { inner, spec } = found;
  return { map: { ...inner, spec: { ...inner.spec, name: spec.name } }, handle: value };
}

function outerName(type: AstType): string | undefined {
  if (type.kind !== "ref" || type.layout.kind !== "struct" || !type.layout.name.startsWith(prefix)) return undefined;
  return type.layout.name.slice(prefix.length);
}

// Stores of converted values: what a place of a pattern or of `for…of` gets.
import type { ts } from "ts-morph";
import type { Expr, PlaceExpr } from "../../../ast/nodes.ts";
import { coerce } from "../coerce.ts";
import { poison, refuse, type Scope, spanOf } from "../context.ts";
import { fitAggregate } from "../initializer.ts";
import { isAggregate } from "../types.ts";
import { isLiteral } from "./logical.ts";

/** `place = value`: structs and arrays in memory are copied, references in variables point elsewhere. */
export function assignValue(target: PlaceExpr, value: Expr, node: ts.Node, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const fitted = fit(target, value, node, scope);
  return fitted.kind === "poison" ? poison(at) : { kind: "assign", target, value: fitted, type: target.type, at };
}

function fit(target: PlaceExpr, value: Expr, node: ts.Node, scope: Scope): Expr {
  const { type } = target;
  if (value.kind === "poison") return value;
  if (isAggregate(type)) {
    if (target.kind === "local" && isLiteral(value)) return coerce(value, type, scope);
    return refuse("aliasing", node, scope, { message: "an object is replaced as a whole" });
  }
  if (type.kind === "ref" && (target.kind === "field" || target.kind === "element"))
    return fitAggregate(value, type.layout, node, scope);
  return coerce(value, type, scope);
}

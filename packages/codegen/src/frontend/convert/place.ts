// Places: what an assignment, `++` or an atomic operation writes to.
import { fieldsOf } from "@typebpf/abi";
import { ts } from "ts-morph";
import type { ContextFieldExpr, Expr, PlaceExpr, PoisonExpr } from "../../ast/nodes.ts";
import { convertExpression, evaluate, poison, refuse, type Scope, spanOf } from "./context.ts";

/** The place that an expression names, reported where it is none. */
export function convertPlace(node: ts.Expression, scope: Scope): PlaceExpr | PoisonExpr {
  if (ts.isParenthesizedExpression(node)) return convertPlace(node.expression, scope);
  if (ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node)) return refused("pattern", node, scope);
  if (isConstant(node, scope)) return refused("constantModified", node, scope);
  const place = convertExpression(node, scope);
  switch (place.kind) {
    case "field":
    case "element":
      return isReadOnly(place, scope) ? refused("readOnly", node, scope) : place;
    case "member":
    case "poison":
      return place;
    case "local":
      return place.variable.mutable || place.type.kind !== "context" ? place : refused("dslPlace", node, scope);
    case "contextField":
      return isWritable(place) ? place : refused("readOnly", node, scope);
    case "table":
      return refused("constantModified", node, scope);
    default:
      return refused("readOnly", node, scope);
  }
}

/** True for read-only data and its members. */
function isReadOnly(place: Expr, scope: Scope): boolean {
  let root = place;
  while (root.kind === "field" || root.kind === "element") root = root.object;
  if (root.kind === "contextField" && isItems(root)) return true;
  return (
    root.kind === "global" && scope.module.globals.sections.some((one) => one.name === root.section && one.readOnly)
  );
}

/** True for a copy of an array of the context. */
function isItems({ context, field, index }: ContextFieldExpr): boolean {
  if (context.type.kind !== "context" || index !== undefined) return false;
  return fieldsOf(context.type.of).some((row) => row.name === field && row.count !== undefined);
}

function isWritable({ context, field }: ContextFieldExpr): boolean {
  if (context.type.kind !== "context") return false;
  return fieldsOf(context.type.of).some((row) => row.name === field && row.access === "readWrite");
}

function refused(
  name: "pattern" | "constantModified" | "dslPlace" | "readOnly",
  node: ts.Node,
  scope: Scope,
): PoisonExpr {
  refuse(name, node, scope);
  return poison(spanOf(node, scope));
}

/** True for a member of a constant object. */
function isConstant(node: ts.Expression, scope: Scope): boolean {
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return false;
  const object = evaluate(node.expression, scope);
  return (object && object.kind !== "poison") ?? false;
}

// Atomic operations: `atomicAdd(target, field, value)` and its siblings on one native integer of 32 or 64 bits. The place
// is named by its object and the field's name (or the item's index), so that nothing is read before the operation.
import type { ts } from "ts-morph";
import type { AtomicExpr, Expr, FieldExpr } from "../../../ast/nodes.ts";
import { numberType } from "../../../ast/types.ts";
import { coerce } from "../coerce.ts";
import { convertExpression, evaluate, refuse, type Scope, spanOf } from "../context.ts";
import { describeLayout, typeOfLayout } from "../types.ts";
import { memberOf } from "./access.ts";

/** `atomicAdd(target, field, value)` and the others with one operand. */
export function convertAtomic(
  node: ts.CallExpression,
  operation: Exclude<AtomicExpr["operation"], "cmpxchg">,
  scope: Scope,
): Expr {
  const [targetNode, fieldNode, valueNode] = node.arguments;
  if (!targetNode || !fieldNode || !valueNode) return refuse("notCallable", node, scope);
  const target = placeOf(targetNode, fieldNode, scope);
  if (target.kind !== "field" && target.kind !== "element") return target;
  const value = coerce(convertExpression(valueNode, scope), target.type, scope, "wrap");
  if (value.kind === "poison") return value;
  return { kind: "atomic", operation, target, value, type: target.type, at: spanOf(node, scope) };
}

/** `atomicCompareExchange(target, field, expected, value)`. */
export function convertCompareExchange(node: ts.CallExpression, scope: Scope): Expr {
  const [targetNode, fieldNode, expectedNode, valueNode] = node.arguments;
  if (!targetNode || !fieldNode || !expectedNode || !valueNode) return refuse("notCallable", node, scope);
  const target = placeOf(targetNode, fieldNode, scope);
  if (target.kind !== "field" && target.kind !== "element") return target;
  const expected = coerce(convertExpression(expectedNode, scope), target.type, scope, "wrap");
  const value = coerce(convertExpression(valueNode, scope), target.type, scope, "wrap");
  if (expected.kind === "poison") return expected;
  if (value.kind === "poison") return value;
  const at = spanOf(node, scope);
  return { kind: "atomic", operation: "cmpxchg", target, value, expected, type: target.type, at };
}

/** The place, or what stands for it when it was refused. */
function placeOf(targetNode: ts.Expression, fieldNode: ts.Expression, scope: Scope): Expr {
  const object = convertExpression(targetNode, scope);
  if (object.kind === "poison") return object;
  const target = atomicPlace(object, fieldNode, scope);
  if (target.kind === "poison") return target;
  if (target.kind !== "field" && target.kind !== "element") return refuse("atomic", fieldNode, scope);
  const { layout } = target;
  if (layout.kind === "scalar" && layout.size >= 4 && !layout.bigEndian) return target;
  return refuse("atomic", fieldNode, scope, { message: `${describeLayout(layout)} has no atomic operations` });
}

function atomicPlace(object: Expr, fieldNode: ts.Expression, scope: Scope): Expr | FieldExpr {
  const { type } = object;
  if (type.kind === "ref" && type.layout.kind === "array") {
    const { item, length } = type.layout;
    const index = coerce(convertExpression(fieldNode, scope), numberType, scope);
    if (index.kind === "poison") return index;
    const at = spanOf(fieldNode, scope);
    return { kind: "element", object, index, layout: item, length, type: typeOfLayout(item), at };
  }
  const name = evaluate(fieldNode, scope);
  if (name?.kind !== "string") return refuse("dynamicProperty", fieldNode, scope);
  return memberOf(object, name.value, fieldNode, scope);
}

// `x ** n` with a constant exponent: multiplications. `x **= n` where x can be read again.
import type { ts } from "ts-morph";
import type { Expr, PlaceExpr } from "../../../ast/nodes.ts";
import { settle } from "../coerce.ts";
import { convertExpression, evaluate, refuse, reusable, type Scope, spanOf } from "../context.ts";
import { presentType } from "../types.ts";
import { combine } from "./combine.ts";

/** What has left both ranges for every base but -1, 0 and 1. */
const MAX_EXPONENT = 64;

/** `x ** n`. */
export function convertPower(node: ts.BinaryExpression, scope: Scope): Expr {
  const base = settle(convertExpression(node.left, scope), scope);
  if (base.kind === "poison") return base;
  const exponent = exponentOf(node.right, base, scope);
  if (exponent === undefined) return refuse("exponent", node, scope);
  const { first, again } = base.kind === "integer" ? { first: base, again: base } : reusable(base, scope);
  return power(first, again, exponent, node, scope);
}

/** The value of `place ** n`, for `place **= n`. */
export function powerOf(place: PlaceExpr, node: ts.BinaryExpression, scope: Scope): Expr {
  const exponent = exponentOf(node.right, place, scope);
  if (exponent === undefined || !isRepeatable(place)) return refuse("exponent", node, scope);
  return power(place, place, exponent, node, scope);
}

/** True for a place that can be read twice: behind names and constant indices only. */
function isRepeatable(value: Expr): boolean {
  if (value.kind === "local" || value.kind === "contextField") return true;
  if (value.kind === "field" || value.kind === "member") return isRepeatable(value.object);
  return value.kind === "element" && isRepeatable(value.object) && value.index.kind === "integer";
}

function exponentOf(node: ts.Expression, base: Expr, scope: Scope): number | undefined {
  const constant = evaluate(node, scope);
  if (constant?.kind !== "number" && constant?.kind !== "bigint") return undefined;
  const exponent = Number(constant.value);
  const fits = Number.isInteger(exponent) && exponent >= 0 && exponent <= MAX_EXPONENT;
  return fits && constant.kind === base.type.kind ? exponent : undefined;
}

function power(first: Expr, again: Expr, exponent: number, node: ts.Node, scope: Scope): Expr {
  const type = presentType(first.type);
  const at = spanOf(node, scope);
  if (exponent === 0) {
    const one: Expr = { kind: "integer", value: 1n, type, at };
    return { kind: "sequence", items: [first, one], type, at };
  }
  let result = first;
  for (let factors = 1; factors < exponent; factors++) result = combine(result, "*", again, node, scope);
  return result;
}

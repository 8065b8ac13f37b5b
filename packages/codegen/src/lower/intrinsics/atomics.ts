// Atomic operations on native 32- and 64-bit places. The old value is fetched only where it is used, since fetching costs
// three times as much.
import type { AtomicExpr } from "../../ast/nodes.ts";
import type { ValueId } from "../../ir/function.ts";
import { none, scalar, type Value } from "../cells.ts";
import { unary } from "../emit.ts";
import { assertFits } from "../fits.ts";
import type { Lowering } from "../lowering.ts";
import { addressOf } from "../places.ts";

/** `atomicAdd`; with `wanted` its value is the old one. */
export function lowerAtomic(l: Lowering, expr: AtomicExpr, wanted: boolean): Value {
  const { layout } = expr.target;
  const size = layout.kind === "scalar" && (layout.size === 4 || layout.size === 8) ? layout.size : undefined;
  if (!size || layout.kind !== "scalar" || layout.bigEndian) {
    throw new Error("lower: atomic operation on a place that is not a native 32- or 64-bit integer");
  }
  const place = addressOf(l, expr.target);
  const value = l.scalar(expr.value);
  assertFits(l.build, value, expr.value, layout, nameOf(expr), expr.value.at);
  const args: readonly [ValueId, ValueId] = [place.base, value];
  const inst = { op: "atomic", operation: expr.operation, size, offset: place.offset, args, at: expr.at } as const;
  if (!wanted) {
    l.build.effect(inst);
    return none;
  }
  const old = l.build.define({ ...inst, type: "i64" });
  return scalar(layout.signed && size === 4 ? unary(l.build, "sext32", old, expr.at) : old);
}

function nameOf(expr: AtomicExpr): string {
  return expr.target.kind === "field" ? (expr.target.field?.name ?? "value") : "item";
}

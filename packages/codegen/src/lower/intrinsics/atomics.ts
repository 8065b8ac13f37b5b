// Atomic operations on native 32- and 64-bit places. The old value is fetched only where it is used, since fetching costs
// three times as much. Nobody else sees the stack, and the kernel allows no atomics at a variable place of it, so there
// they are plain.
import type { ScalarLayout } from "@typebpf/abi";
import type { AtomicExpr, Expr } from "../../ast/nodes.ts";
import type { AtomicInst, ValueId } from "../../ir/function.ts";
import { none, scalar, type Value } from "../cells.ts";
import { binary, load, unary } from "../emit.ts";
import { assertFits } from "../fits.ts";
import type { Lowering } from "../lowering.ts";
import { type Address, scalarPlace, storeScalar } from "../memory.ts";
import { addressOf } from "../places.ts";

interface Operation {
  readonly expr: AtomicExpr;
  readonly layout: ScalarLayout & { readonly size: 4 | 8 };
  readonly place: Address;
  readonly value: ValueId;
  readonly expected: ValueId | undefined;
}

/** An atomic operation; with `wanted` its value is the old one. */
export function lowerAtomic(l: Lowering, expr: AtomicExpr, wanted: boolean): Value {
  const { layout } = expr.target;
  if (layout.kind !== "scalar" || layout.bigEndian || (layout.size !== 4 && layout.size !== 8)) {
    throw new Error("lower: atomic operation on a place that is not a native 32- or 64-bit integer");
  }
  const place = addressOf(l, expr.target);
  const operand = (one: Expr): ValueId => {
    const value = l.scalar(one);
    assertFits(l.build, value, one, layout, nameOf(expr), one.at);
    return value;
  };
  const expected = expr.expected && operand(expr.expected);
  const value = operand(expr.value);
  const operation = { expr, layout: { ...layout, size: layout.size }, place, value, expected };
  if (l.build.typeOf(place.base) === "ptr.stack") return plain(l, operation);
  return atomic(l, operation, wanted);
}

function atomic(l: Lowering, { expr, layout, place, value, expected }: Operation, wanted: boolean): Value {
  const args: AtomicInst["args"] = expected === undefined ? [place.base, value] : [place.base, value, expected];
  const { operation, at } = expr;
  const inst = { op: "atomic", operation, size: layout.size, offset: place.offset, args, at } as const;
  if (!wanted) {
    l.build.effect(inst);
    return none;
  }
  const old = l.build.define({ ...inst, type: "i64" });
  return scalar(layout.signed && layout.size === 4 ? unary(l.build, "sext32", old, at) : old);
}

/** The same by a load and a store. */
function plain(l: Lowering, { expr, layout, place, value, expected }: Operation): Value {
  const { build } = l;
  const { operation, at } = expr;
  const { size, signed } = layout;
  const old = load(build, place.base, place.offset, { size, signed: signed && size < 8 }, at);
  const store = (stored: ValueId): void => storeScalar(build, scalarPlace(place, layout, undefined), stored, at);
  if (operation !== "cmpxchg") {
    store(operation === "xchg" ? value : binary(build, `${operation}64`, old, value, at));
    return scalar(old);
  }
  if (expected === undefined) throw new Error("lower: a compare-exchange without the expected value");
  const [same, join] = [build.block(), build.block()];
  build.branch(size === 8 ? "eq64" : "eq32", old, expected, same, join, at);
  build.enterSealed(same);
  store(value);
  build.jump(join, at);
  build.enterSealed(join);
  return scalar(old);
}

function nameOf(expr: AtomicExpr): string {
  return expr.target.kind === "field" ? (expr.target.field?.name ?? "value") : "item";
}

// Operations of maps that are helpers, by the helper's row. What the author wrote is evaluated in that order and goes to
// the arguments by name; the map, the context, sizes and memory to fill are made here.
import { type CalleeRow, callees, type HelperArg, helperSince, type Layout, type MapSpec } from "@typebpf/abi";
import type { Expr, Initializer, MapHelperExpr } from "../../ast/nodes.ts";
import type { ValueId } from "../../ir/function.ts";
import { none, scalar, type Value } from "../cells.ts";
import { lowerDiagnostics } from "../diagnostics.ts";
import { changesMemory } from "../effects.ts";
import { assert, choose, constant } from "../emit.ts";
import type { Lowering } from "../lowering.ts";
import { pointerTo, refAddress, stackPlace } from "../places.ts";
import { innermostLoop, openReservations } from "../reservations.ts";
import { nullValue } from "../ssa-builder.ts";
import { call, inMemory, mapOf, specOfCall } from "./calls.ts";

/** An operation of a map. */
export function lowerMapHelper(l: Lowering, expr: MapHelperExpr): Value {
  const { build } = l;
  const { helper, at } = expr;
  const row: CalleeRow = callees[helper];
  const { key, value, record = value } = specOfCall(l, expr);
  checkPlace(l, expr, row);
  const handle = expr.handle && l.scalar(expr.handle);
  const given = new Map<string, ValueId>();
  for (const [index, { name, init }] of expr.args.entries()) {
    const arg = row.args.find((one) => one.name === name);
    const unstable = expr.args.slice(index + 1).some((later) => changesMemory(later.init));
    if (arg) given.set(name, argumentOf(l, arg, init, { map: expr.map, key, value, record, unstable }));
  }
  let filled: ValueId | undefined;
  const args = row.args.map((arg): ValueId => {
    const known = given.get(arg.name);
    if (known !== undefined) return known;
    switch (arg.is) {
      case "map":
        return handle ?? mapOf(l, expr);
      case "context":
        return build.context;
      case "size":
        return constant(build, record.size, at);
      case "mapValueOut":
        filled = stackPlace(l, value, `value of ${expr.map}`, at).base;
        return filled;
      case "mapValue":
        return nullValue;
      case "integer":
        return constant(build, makesValue(row, given) ? CREATE : (arg.default ?? 0), at);
      case "socket":
        return build.context;
      case "kernelPointer":
        return call(l, "getCurrentTaskBtf", [], at);
      default:
        throw new Error(`lower: ${helper} misses its argument ${arg.name}`);
    }
  });
  const result = call(l, helper, args, at);
  if (row.returns.is === "void") return none;
  const place = filled;
  if (place === undefined) return scalar(result);
  const ok = constant(build, 0, at);
  return choose(l, true, at, (yes, no) => build.branch("eq64", result, ok, yes, no, at), {
    whenTrue: () => place,
    whenFalse: () => nullValue,
  });
}

/** BPF_LOCAL_STORAGE_GET_F_CREATE: a value that is missing is made. */
const CREATE = 1;

/** True where what a missing value begins with was given. */
function makesValue(row: CalleeRow, given: ReadonlyMap<string, ValueId>): boolean {
  return row.args.some((arg) => arg.is === "mapValue" && arg.nullable && given.has(arg.name));
}

interface Target extends Pick<MapSpec, "key" | "value"> {
  readonly record: Layout;
  readonly map: string;
  /** What comes later may change memory. */
  readonly unstable: boolean;
}

function argumentOf(l: Lowering, arg: HelperArg, init: Initializer, to: Target): ValueId {
  switch (arg.is) {
    case "integer":
      return integerOf(l, arg, exprIn(init));
    case "socket": {
      const socket = exprIn(init);
      return pointerTo(l, refAddress(l, socket), socket.at);
    }
    case "mapKey":
      return inMemory(l, init, to.key, `key of ${to.map}`, atOf(init), to.unstable);
    case "mapValue":
    case "mapValueOut":
      return inMemory(l, init, to.value, `value of ${to.map}`, atOf(init), to.unstable);
    case "memoryRead":
      return inMemory(l, init, to.record, `record of ${to.map}`, atOf(init), to.unstable, "other");
    default:
      throw new Error(`lower: ${arg.name} cannot be written`);
  }
}

function exprIn(init: Initializer): Expr {
  if (init.kind !== "value") throw new Error(`lower: a ${init.kind} where a value is expected`);
  return init.value;
}

function atOf(init: Initializer): Expr["at"] {
  return init.kind === "value" ? init.value.at : init.at;
}

function integerOf(l: Lowering, arg: Extract<HelperArg, { readonly is: "integer" }>, value: Expr): ValueId {
  const id = l.scalar(value);
  if (arg.width < 64 && value.type.kind === "number") {
    assert(l.build, id, { kind: "fits", bits: arg.width, signed: arg.signed, field: arg.name }, value.at);
  }
  return id;
}

/** What the kernel allows only in some programs, and what leaves the program only where it can be left. */
function checkPlace(l: Lowering, expr: MapHelperExpr, row: CalleeRow): void {
  const { helper, map, at } = expr;
  const { type } = l.program;
  const spec = specOfCall(l, expr);
  if (helperSince(row, type) === undefined) {
    const as = row.surface.on === "map" ? row.surface.as : helper;
    const message = `${type} programs may not call ${as} on a ${spec.type} map (${row.symbol})`;
    l.report(lowerDiagnostics.mapOperation, at, { message });
  }
  if (!row.effects.includes("leaves")) return;
  const why = whyHeldHere(l);
  if (why !== undefined)
    l.report(lowerDiagnostics.leaves, at, { message: `the program cannot be left ${why} (${row.symbol})` });
  const other = l.module.programs.find(({ name, type: own }) => own !== type && spec.programs?.includes(name));
  if (other) {
    const message = `${map} holds programs of type ${other.type}, and this is one of type ${type}`;
    l.report(lowerDiagnostics.slotType, at, { message });
  }
}

function whyHeldHere({ frame }: Lowering): string | undefined {
  if (innermostLoop(frame)) return "in the body of a loop() or forEach()";
  const held = openReservations(frame);
  if (held.length === 0) return undefined;
  return held.some((one) => "lock" in one) ? "while a lock is held" : "while a record is held";
}

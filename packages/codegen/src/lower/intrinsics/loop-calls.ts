// `loop(count, body)`, `map.forEach(body)` and `map.drain(body)` as ordinary loops whose test is marked, so that analysis proves of the body what it proves of any
// loop's; it decides afterwards whether the body becomes a callback of bpf_loop (analyze/callbacks.ts).
import { type MapSpec, mapTypes, type Span } from "@typebpf/abi";
import type { AstFunction, ForEachExpr, LoopCallExpr } from "../../ast/nodes.ts";
import type { BlockId, CallbackLoop, ElementInst, ValueId } from "../../ir/function.ts";
import { unsigned } from "../../ir/interval.ts";
import type { IrType } from "../../ir/types.ts";
import { newCell, scalar, type Value, writeCell } from "../cells.ts";
import { assert, binaryConstant, constant } from "../emit.ts";
import type { Frame, LoopExits, Lowering } from "../lowering.ts";
import { loadScalar, scalarPlace } from "../memory.ts";
import { stackPlace } from "../places.ts";
import { endReservations } from "../reservations.ts";
import type { VariableKey } from "../ssa-builder.ts";
import { call, specOf } from "./calls.ts";

/** The kernel's BPF_MAX_LOOPS. */
const mostIterations = 1n << 23n;

/** The kernel's BPF_MAX_USER_RINGBUF_SAMPLES. */
const mostRecords = 128 * 1024;

/** `loop(count, body)`. */
export function lowerLoopCall(l: Lowering, expr: LoopCallExpr): Value {
  const { build } = l;
  const { at } = expr;
  const count = l.scalar(expr.count);
  assert(build, count, { kind: "within", min: 0n, max: mostIterations, what: "the count of the loop" }, expr.count.at);
  const header = build.block();
  const [index, result] = [build.variable(false), build.variable(false)];
  lowerCallbackLoop(l, expr, header, {
    index,
    count,
    mark: { helper: "loop" },
    given: () => [build.read(index)],
    finished: () => build.write(result, build.read(index)),
    stopped: () => build.write(result, binaryConstant(build, "add64", build.read(index), 1, at)),
  });
  return scalar(build.read(result));
}

/** `map.forEach(body)` and `map.drain(body)`; analysis makes a callback of it in any case. */
export function lowerForEach(l: Lowering, expr: ForEachExpr): Value {
  const { build } = l;
  const { at } = expr;
  const spec = specOf(l, expr.map);
  const visit = build.block();
  if (spec.type === "userRingBuffer") return lowerDrain(l, expr, spec, visit);
  const most = mostElements(spec);
  const element = (of: ElementInst["of"], type: IrType): ValueId =>
    build.define({ op: "element", of, most, visit, type, at });
  const count = element("count", "i64");
  lowerCallbackLoop(l, expr, visit, {
    index: build.variable(false),
    count,
    mark: { helper: "forEachMapElem", map: spec.name, visit },
    given: () => [keyOf(l, spec, element("key", "ptr.mapKey"), at), element("value", "ptr.mapValue")],
    finished: () => undefined,
    stopped: () => undefined,
  });
  return scalar(count);
}

/** The records are copied to the stack; one that is shorter than the layout is passed over. */
function lowerDrain(l: Lowering, expr: ForEachExpr, { name, value }: MapSpec, visit: BlockId): Value {
  const { build } = l;
  const { at } = expr;
  const element = (of: ElementInst["of"], type: IrType): ValueId =>
    build.define({ op: "element", of, most: mostRecords, fails: true, visit, type, at });
  const count = element("count", "i64");
  lowerCallbackLoop(l, expr, visit, {
    index: build.variable(false),
    count,
    mark: { helper: "userRingbufDrain", map: name, visit },
    given: (next) => {
      const { base } = stackPlace(l, value, `record of ${name}`, at);
      const [size, zero] = [constant(build, value.size, at), constant(build, 0, at)];
      const status = call(l, "dynptrRead", [base, size, element("record", "ptr.dynptr"), zero, zero], at);
      const read = build.block();
      build.branch("eq64", status, zero, read, next, at);
      build.enterSealed(read);
      return [base];
    },
    finished: () => undefined,
    stopped: () => undefined,
  });
  return scalar(count);
}

/** What is added during a walk may be met too; the walk ends where the table does. */
function mostElements({ type, maxEntries }: MapSpec): number {
  return mapTypes[type].keys === "index" ? maxEntries : Math.max(2 * maxEntries, 1 << 21);
}

/** The key: a ref, or its value, which of an array is below the number of entries. */
function keyOf(l: Lowering, { type, key, maxEntries }: MapSpec, pointer: ValueId, at: Span): ValueId {
  const { build } = l;
  if (mapTypes[type].keys === "index") {
    const known = { range: unsigned(0n, BigInt(maxEntries) - 1n), width: 32 };
    return build.define({ op: "load", size: 4, signed: false, offset: 0, args: [pointer], known, type: "i64", at });
  }
  return key.kind === "scalar"
    ? loadScalar(build, scalarPlace({ base: pointer, offset: 0 }, key, undefined), at)
    : pointer;
}

interface CallbackLoopParts {
  readonly index: VariableKey;
  readonly count: ValueId;
  readonly mark: CallbackLoop;
  /** What the body is called with in this turn; `next` is where the turn ends. */
  readonly given: (next: BlockId) => readonly ValueId[];
  /** Where the loop has ended by itself. */
  readonly finished: () => void;
  /** Where the body has ended it. */
  readonly stopped: () => void;
}

function lowerCallbackLoop(
  l: Lowering,
  { body: fn, at }: LoopCallExpr | ForEachExpr,
  header: BlockId,
  parts: CallbackLoopParts,
): void {
  const { build } = l;
  const { index } = parts;
  build.write(index, constant(build, 0, at));
  const [body, next, stop, finished, after] = [0, 0, 0, 0, 0].map(() => build.block()) as Five;
  build.jump(header, at);
  build.enter(header);
  build.branch("slt64", build.read(index), parts.count, body, finished, at, parts.mark);
  build.enterSealed(finished);
  parts.finished();
  build.jump(after, at);

  build.enterSealed(body);
  const exits: LoopExits = { next, stop, failures: [] };
  lowerBody(l, fn, parts.given(next), exits);
  build.jump(next, at);
  for (const { block, held } of exits.failures) {
    build.enterSealed(block);
    endReservations(l, held, at);
    build.jump(stop, at);
  }
  build.enterSealed(next);
  build.write(index, binaryConstant(build, "add64", build.read(index), 1, at));
  build.jump(header, at);
  build.seal(header);
  build.enterSealed(stop);
  if (build.reachable) {
    parts.stopped();
    build.jump(after, at);
  }
  build.enterSealed(after);
}

type Five = [BlockId, BlockId, BlockId, BlockId, BlockId];

/** The body names the variables of the function around it, so it shares their cells. */
function lowerBody(l: Lowering, body: AstFunction, given: readonly ValueId[], loop: LoopExits): void {
  const { build, frame: caller } = l;
  const { locals, callee, calledAt, result } = caller;
  const own = { exits: new Map(), reservations: [], after: undefined, returns: 0 };
  const frame: Frame = { ...own, callee, function: body, locals, result, caller, calledAt, loop };
  for (const [index, parameter] of body.parameters.entries()) {
    const value = given[index];
    if (value === undefined) throw new Error(`lower: nothing is given to ${parameter.name}`);
    const cell = newCell(build, parameter.type);
    locals.set(parameter.id, cell);
    writeCell(build, cell, scalar(value));
  }
  l.frame = frame;
  l.statements(body.body);
  l.frame = caller;
}

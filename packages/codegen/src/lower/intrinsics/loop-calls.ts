// `loop(count, body)` as an ordinary loop whose test is marked, so that analysis proves of the body what it proves of any
// loop's; it decides afterwards whether the body becomes a callback of bpf_loop (analyze/callbacks.ts).
import type { LoopCallExpr } from "../../ast/nodes.ts";
import type { BlockId } from "../../ir/function.ts";
import { newCell, scalar, type Value, writeCell } from "../cells.ts";
import { assert, binaryConstant, constant } from "../emit.ts";
import type { Frame, LoopExits, Lowering } from "../lowering.ts";
import { endReservations } from "../reservations.ts";

/** The kernel's BPF_MAX_LOOPS. */
const mostIterations = 1n << 23n;

export function lowerLoopCall(l: Lowering, expr: LoopCallExpr): Value {
  const { build } = l;
  const { at } = expr;
  const count = l.scalar(expr.count);
  assert(build, count, { kind: "within", min: 0n, max: mostIterations, what: "the count of the loop" }, expr.count.at);
  const [index, result] = [build.variable(false), build.variable(false)];
  build.write(index, constant(build, 0, at));
  const [header, body, next, stop, finished, after] = [0, 0, 0, 0, 0, 0].map(() => build.block()) as Six;
  build.jump(header, at);
  build.enter(header);
  build.branch("slt64", build.read(index), count, body, finished, at, { helper: "loop" });
  build.enterSealed(finished);
  build.write(result, build.read(index));
  build.jump(after, at);

  build.enterSealed(body);
  const exits: LoopExits = { next, stop, failures: [] };
  lowerBody(l, expr, build.read(index), exits);
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
    build.write(result, binaryConstant(build, "add64", build.read(index), 1, at));
    build.jump(after, at);
  }
  build.enterSealed(after);
  return scalar(build.read(result));
}

type Six = [BlockId, BlockId, BlockId, BlockId, BlockId, BlockId];

/** The body names the variables of the function around it, so it shares their cells. */
function lowerBody(l: Lowering, { body }: LoopCallExpr, index: number, loop: LoopExits): void {
  const { build, frame: caller } = l;
  const { locals, callee, calledAt, result } = caller;
  const own = { exits: new Map(), reservations: [], after: undefined, returns: 0 };
  const frame: Frame = { ...own, callee, function: body, locals, result, caller, calledAt, loop };
  const [parameter] = body.parameters;
  if (parameter) {
    const cell = newCell(build, parameter.type);
    locals.set(parameter.id, cell);
    writeCell(build, cell, scalar(index));
  }
  l.frame = frame;
  l.statements(body.body);
  l.frame = caller;
}

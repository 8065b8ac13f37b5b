// Which function lowers which node. A node kind without a row does not compile.
import type { Expr, Statement } from "../ast/nodes.ts";
import { scalar, type Value } from "./cells.ts";
import { materialise } from "./conditions.ts";
import { constant } from "./emit.ts";
import { lowerAssign, lowerAssignAll, lowerUpdate } from "./expressions/assignments.ts";
import { lowerConditional, lowerLogical, lowerSequence } from "./expressions/choices.ts";
import {
  lowerBinary,
  lowerCast,
  lowerDivision,
  lowerToBigint,
  lowerToNumber,
  lowerUnary,
  lowerWrap,
} from "./expressions/operators.ts";
import {
  lowerConstruct,
  lowerInteger,
  lowerLocal,
  lowerMember,
  lowerNothing,
  lowerPlace,
  lowerRecord,
  lowerTuple,
} from "./expressions/values.ts";
import { lowerAtomic } from "./intrinsics/atomics.ts";
import { lowerMap } from "./intrinsics/calls.ts";
import { lowerContextField, lowerContextText } from "./intrinsics/context.ts";
import { lowerHelper } from "./intrinsics/helpers.ts";
import { lowerForEach, lowerLoopCall } from "./intrinsics/loop-calls.ts";
import { lowerMapHelper } from "./intrinsics/map-helpers.ts";
import { lowerMath } from "./intrinsics/math.ts";
import { lowerPacketAt, lowerPacketLength } from "./intrinsics/packet.ts";
import { lowerTable } from "./intrinsics/tables.ts";
import { lowerTrace } from "./intrinsics/trace.ts";
import type { Lowering } from "./lowering.ts";
import { pointerTo, refAddress } from "./places.ts";
import { lowerLet } from "./statements/bindings.ts";
import { lowerBlock, lowerBreak, lowerContinue, lowerIf, lowerReturn, lowerSwitch } from "./statements/branches.ts";
import { lowerLoop } from "./statements/loops.ts";
import { lowerLock, lowerRelease, lowerUsing } from "./statements/using.ts";

const expressions: { readonly [K in Expr["kind"]]: (l: Lowering, expr: Extract<Expr, { kind: K }>) => Value } = {
  integer: lowerInteger,
  boolean: (l, expr) => scalar(constant(l.build, expr.value ? 1 : 0, expr.at)),
  nothing: lowerNothing,
  local: lowerLocal,
  global: (l, expr) => scalar(pointerTo(l, refAddress(l, expr), expr.at)),
  field: lowerPlace,
  element: lowerPlace,
  member: lowerMember,
  binary: lowerBinary,
  integerDivision: lowerDivision,
  unary: lowerUnary,
  not: materialise,
  compare: materialise,
  logical: lowerLogical,
  conditional: lowerConditional,
  assign: lowerAssign,
  update: lowerUpdate,
  call: (l, expr) => {
    const args = expr.args.map((arg) => l.expr(arg));
    return l.call(expr.callee, args, expr.at);
  },
  loopCall: lowerLoopCall,
  forEach: lowerForEach,
  cast: lowerCast,
  toBigint: lowerToBigint,
  toNumber: lowerToNumber,
  wrap: lowerWrap,
  math: lowerMath,
  construct: (l, expr) => lowerConstruct(l, expr),
  record: lowerRecord,
  tuple: lowerTuple,
  assignAll: lowerAssignAll,
  sequence: lowerSequence,
  packetAt: lowerPacketAt,
  packetLength: lowerPacketLength,
  contextField: lowerContextField,
  contextText: lowerContextText,
  helper: lowerHelper,
  bytesEqual: materialise,
  map: lowerMap,
  release: lowerRelease,
  mapHelper: lowerMapHelper,
  atomic: (l, expr) => lowerAtomic(l, expr, true),
  trace: lowerTrace,
  table: lowerTable,
  poison: (_, expr) => {
    throw new Error(`lower: a poisoned expression at ${expr.at.file}:${expr.at.line} was not reported`);
  },
};

const statements: {
  readonly [K in Statement["kind"]]: (l: Lowering, statement: Extract<Statement, { kind: K }>) => void;
} = {
  let: lowerLet,
  expression: (l, statement) => l.discard(statement.value),
  if: lowerIf,
  loop: lowerLoop,
  switch: lowerSwitch,
  break: lowerBreak,
  continue: lowerContinue,
  return: lowerReturn,
  block: lowerBlock,
  using: lowerUsing,
  lock: lowerLock,
};

/** Lowers any expression. */
export function lowerExpr(l: Lowering, expr: Expr): Value {
  const lower = expressions[expr.kind] as (l: Lowering, expr: Expr) => Value;
  return lower(l, expr);
}

/** Lowers any statement. */
export function lowerStatement(l: Lowering, statement: Statement): void {
  const lower = statements[statement.kind] as (l: Lowering, statement: Statement) => void;
  lower(l, statement);
}

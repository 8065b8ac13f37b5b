// Conditions: an expression becomes control flow, never a 0 or 1 that is tested again. `!`, `&&`, `||` and comparisons
// only choose where the jumps go; any other expression is tested for JavaScript's truthiness.
import type { Span } from "@typebpf/abi";
import type { CompareExpr, ConditionalExpr, Expr, SequenceExpr } from "../ast/nodes.ts";
import type { AstType } from "../ast/types.ts";
import type { BlockId } from "../ir/function.ts";
import type { CompareOp } from "../ir/ops.ts";
import { idOf, type OptionalValue, type Value } from "./cells.ts";
import { choose, constant } from "./emit.ts";
import { lowerBytesEqual } from "./intrinsics/bytes.ts";
import type { Lowering } from "./lowering.ts";
import { branchOnPresence } from "./reservations.ts";
import { nullValue } from "./ssa-builder.ts";

/** Leaves the current block for `yes` or `no`. */
export function lowerCondition(l: Lowering, expr: Expr, yes: BlockId, no: BlockId): void {
  if (expr.kind === "boolean") l.build.jump(expr.value ? yes : no, expr.at);
  else if (expr.kind === "not") lowerCondition(l, expr.operand, no, yes);
  else if (expr.kind === "compare") compare(l, expr, yes, no);
  else if (expr.kind === "logical" && expr.operator !== "??") logical(l, expr.operator === "&&", expr, yes, no);
  else if (expr.kind === "conditional") conditional(l, expr, yes, no);
  else if (expr.kind === "sequence") sequence(l, expr, yes, no);
  else if (expr.kind === "bytesEqual") lowerBytesEqual(l, expr, yes, no);
  else truth(l, l.expr(expr), expr, yes, no);
}

function conditional(l: Lowering, expr: ConditionalExpr, yes: BlockId, no: BlockId): void {
  const [first, second] = [l.build.block(), l.build.block()];
  lowerCondition(l, expr.condition, first, second);
  l.build.enterSealed(first);
  lowerCondition(l, expr.whenTrue, yes, no);
  l.build.enterSealed(second);
  lowerCondition(l, expr.whenFalse, yes, no);
}

function sequence(l: Lowering, expr: SequenceExpr, yes: BlockId, no: BlockId): void {
  for (const item of expr.items.slice(0, -1)) l.discard(item);
  const last = expr.items.at(-1);
  if (last) lowerCondition(l, last, yes, no);
  else l.build.jump(no, expr.at);
}

function logical(
  l: Lowering,
  isAnd: boolean,
  expr: { readonly left: Expr; readonly right: Expr },
  yes: BlockId,
  no: BlockId,
): void {
  const next = l.build.block();
  lowerCondition(l, expr.left, isAnd ? next : yes, isAnd ? no : next);
  l.build.enterSealed(next);
  lowerCondition(l, expr.right, yes, no);
}

/** Branches on the truthiness of a value that is already there. */
export function truth(l: Lowering, value: Value, expr: Expr, yes: BlockId, no: BlockId): void {
  const { build } = l;
  const { type, at } = expr;
  switch (type.kind) {
    case "nothing":
      build.jump(no, at);
      break;
    case "record":
    case "tuple":
      if (value.kind === "none") build.jump(no, at);
      else if (value.kind === "record" && value.present !== undefined)
        build.branch("ne64", build.read(value.present), constant(build, 0, at), yes, no, at);
      else build.jump(yes, at);
      break;
    case "context":
      build.jump(yes, at);
      break;
    case "ref":
      if (branchOnPresence(l, idOf(value), yes, no, at)) break;
      if (type.nullable) build.branch("ne64", idOf(value), nullValue, yes, no, at);
      else build.jump(yes, at);
      break;
    case "number":
    case "bigint":
    case "boolean":
      if (value.kind === "none") build.jump(no, at);
      else {
        if (value.kind === "optional") requirePresence(l, value, no, at);
        build.branch("ne64", idOf(value), constant(build, 0, at), yes, no, at);
      }
  }
}

/** Goes on where an integer is there, and leaves for `absent` where it is not. */
function requirePresence(l: Lowering, value: OptionalValue, absent: BlockId, at: Span): void {
  const there = l.build.block();
  l.build.branch("ne64", value.present, constant(l.build, 0, at), there, absent, at);
  l.build.enterSealed(there);
}

/** Branches on whether a value is not `undefined`. */
export function branchOnAbsence(l: Lowering, value: Value, expr: Expr, there: BlockId, absent: BlockId): void {
  const { build } = l;
  if (value.kind === "optional")
    build.branch("ne64", value.present, constant(build, 0, expr.at), there, absent, expr.at);
  else if (value.kind === "none") build.jump(absent, expr.at);
  else if (isInteger(expr.type)) build.jump(there, expr.at);
  else truth(l, value, expr, there, absent);
}

function isInteger({ kind }: AstType): boolean {
  return kind === "number" || kind === "bigint" || kind === "boolean";
}

const operators = { "<": "lt", "<=": "le", ">": "gt", ">=": "ge" } as const;

/** The IR's comparison for values of a type: numbers and i64 are signed, u64 is not. */
export function compareOp(operator: CompareExpr["operator"], type: AstType): CompareOp {
  if (operator === "===") return "eq64";
  if (operator === "!==") return "ne64";
  const sign = type.kind === "bigint" && !type.signed ? "u" : "s";
  return `${sign}${operators[operator]}64`;
}

function compare(l: Lowering, expr: CompareExpr, yes: BlockId, no: BlockId): void {
  const left = l.expr(expr.left);
  const right = l.expr(expr.right);
  const equality = expr.operator === "===" || expr.operator === "!==";
  // The order of two integers is asked for only where TypeScript has proved that both are there.
  if (equality && (left.kind === "optional" || right.kind === "optional")) {
    compareOptional(l, expr, left, right, yes, no);
    return;
  }
  const [object] = [left, right].filter((one) => one.kind === "record");
  const isAbsent = left.kind === "none" || right.kind === "none";
  const same = isSame(left, right);
  if (isAbsent && object?.kind === "record" && object.present !== undefined) {
    const [there, gone] = expr.operator === "===" ? [no, yes] : [yes, no];
    l.build.branch("ne64", l.build.read(object.present), constant(l.build, 0, expr.at), there, gone, expr.at);
  } else if (
    same === undefined &&
    !(isAbsent && comparePresence(l, expr, left.kind === "none" ? right : left, yes, no))
  ) {
    const op = compareOp(expr.operator, expr.left.type);
    l.build.branch(op, idOf(left), idOf(right), yes, no, expr.at);
  } else if (same !== undefined) l.build.jump(same === (expr.operator === "===") ? yes : no, expr.at);
}

/** Equality where a side may be undefined: both are, or both are there and the same. */
function compareOptional(l: Lowering, expr: CompareExpr, left: Value, right: Value, yes: BlockId, no: BlockId): void {
  const { build } = l;
  const { at } = expr;
  const [same, different] = expr.operator === "!==" ? [no, yes] : [yes, no];
  const zero = constant(build, 0, at);
  if (left.kind === "none" || right.kind === "none") {
    const side = left.kind === "optional" ? left : right;
    if (side.kind === "optional") build.branch("ne64", side.present, zero, different, same, at);
    return;
  }
  if (left.kind === "optional" && right.kind === "optional") {
    const [alike, there] = [build.block(), build.block()];
    build.branch("eq64", left.present, right.present, alike, different, at);
    build.enterSealed(alike);
    build.branch("ne64", left.present, zero, there, same, at);
    build.enterSealed(there);
  } else if (left.kind === "optional") requirePresence(l, left, different, at);
  else if (right.kind === "optional") requirePresence(l, right, different, at);
  build.branch("eq64", idOf(left), idOf(right), same, different, at);
}

/** A ref compared with undefined, where it is that of a reserved record; false for any other. */
function comparePresence(l: Lowering, { operator, at }: CompareExpr, ref: Value, yes: BlockId, no: BlockId): boolean {
  const [there, absent] = operator === "===" ? [no, yes] : [yes, no];
  return branchOnPresence(l, idOf(ref), there, absent, at);
}

/** Identity of what has no SSA value: two names of one record are one, and a record is never `undefined`. */
function isSame(left: Value, right: Value): boolean | undefined {
  if (left.kind === "none" && right.kind === "none") return true;
  if (left.kind === "record" && right.kind === "record") return left.members === right.members;
  return left.kind === "record" || right.kind === "record" ? false : undefined;
}

/** The value of a condition: 0 or 1. */
export function materialise(l: Lowering, expr: Expr): Value {
  const { build } = l;
  return choose(l, false, expr.at, (yes, no) => lowerCondition(l, expr, yes, no), {
    whenTrue: () => constant(build, 1, expr.at),
    whenFalse: () => constant(build, 0, expr.at),
  });
}

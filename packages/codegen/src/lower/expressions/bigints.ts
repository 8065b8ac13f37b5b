// Arithmetic on bigints: 64 bits, wrapping after each operation; division by zero gives 0, remainder by zero the dividend
// (RFC 9669 section 4.1). Shifts count as BigInt's do: 64 and more give 0 or the sign, negative ones go the other way.
import type { Span } from "@typebpf/abi";
import type { BinaryOperator } from "../../ast/nodes.ts";
import type { ValueId } from "../../ir/function.ts";
import type { BinaryOp } from "../../ir/ops.ts";
import { binary, binaryConstant, constant, constantOf, select, unary } from "../emit.ts";
import type { Lowering } from "../lowering.ts";

const common: Readonly<Partial<Record<BinaryOperator, BinaryOp>>> = {
  "+": "add64",
  "-": "sub64",
  "*": "mul64",
  "&": "and64",
  "|": "or64",
  "^": "xor64",
};

/** `left operator right` on bigints of one sign. */
export function bigintBinary(
  l: Lowering,
  operator: BinaryOperator,
  signed: boolean,
  left: ValueId,
  right: ValueId,
  at: Span,
): ValueId {
  const op = common[operator];
  if (op) return binary(l.build, op, left, right, at);
  switch (operator) {
    case "/":
      return binary(l.build, signed ? "sdiv64" : "udiv64", left, right, at);
    case "%":
      return binary(l.build, signed ? "smod64" : "umod64", left, right, at);
    case "<<":
      return shift(l, true, signed, left, right, at);
    case ">>":
      return shift(l, false, signed, left, right, at);
    default:
      throw new Error(`lower: ${operator} on bigints`);
  }
}

/** All bits shifted out: zero, or the sign. */
function shiftedOut(l: Lowering, isLeft: boolean, signed: boolean, left: ValueId, at: Span): ValueId {
  return isLeft || !signed ? constant(l.build, 0, at) : binaryConstant(l.build, "ashr64", left, 63, at);
}

function shiftOp(isLeft: boolean, signed: boolean): BinaryOp {
  if (isLeft) return "shl64";
  return signed ? "ashr64" : "lshr64";
}

function shift(l: Lowering, isLeft: boolean, signed: boolean, left: ValueId, right: ValueId, at: Span): ValueId {
  const known = constantOf(l.build, right);
  if (known !== undefined) {
    const count = signed ? BigInt.asIntN(64, known) : known;
    return shiftConstant(l, count < 0n ? !isLeft : isLeft, signed, left, count < 0n ? -count : count, at);
  }
  if (!signed) return shiftDynamic(l, isLeft, signed, left, right, at);
  const zero = constant(l.build, 0, at);
  return select(
    l,
    ["slt64", right, zero],
    at,
    () => shiftDynamic(l, !isLeft, signed, left, unary(l.build, "neg64", right, at), at),
    () => shiftDynamic(l, isLeft, signed, left, right, at),
  );
}

function shiftConstant(l: Lowering, isLeft: boolean, signed: boolean, left: ValueId, count: bigint, at: Span): ValueId {
  if (count === 0n) return left;
  if (count > 63n) return shiftedOut(l, isLeft, signed, left, at);
  return binaryConstant(l.build, shiftOp(isLeft, signed), left, count, at);
}

/** By a count that is taken as unsigned. */
function shiftDynamic(l: Lowering, isLeft: boolean, signed: boolean, left: ValueId, count: ValueId, at: Span): ValueId {
  return select(
    l,
    ["ugt64", count, constant(l.build, 63, at)],
    at,
    () => shiftedOut(l, isLeft, signed, left, at),
    () => binary(l.build, shiftOp(isLeft, signed), left, count, at),
  );
}

/** `-x` and `~x` on bigints. */
export function bigintUnary(l: Lowering, operator: "-" | "~", value: ValueId, at: Span): ValueId {
  return operator === "-" ? unary(l.build, "neg64", value, at) : binaryConstant(l.build, "xor64", value, -1n, at);
}

/** The low `bits` of a value, zero- or sign-extended: `BigInt.asUintN`, `BigInt.asIntN`, and casts. */
export function truncate(l: Lowering, value: ValueId, bits: number, signed: boolean, at: Span): ValueId {
  const { build } = l;
  if (bits >= 64) return value;
  if (bits === 0) return constant(build, 0, at);
  if (!signed) {
    return bits === 32
      ? unary(build, "zext32", value, at)
      : binaryConstant(build, "and64", value, (1n << BigInt(bits)) - 1n, at);
  }
  if (bits === 8) return unary(build, "sext8", value, at);
  if (bits === 16) return unary(build, "sext16", value, at);
  if (bits === 32) return unary(build, "sext32", value, at);
  const up = binaryConstant(build, "shl64", value, 64 - bits, at);
  return binaryConstant(build, "ashr64", up, 64 - bits, at);
}

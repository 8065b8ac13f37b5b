// Shorthands for single instructions, used by all lowering functions. Each takes the span of the operator or operand
// that causes the instruction.
import type { Span } from "@typebpf/abi";
import type { BlockId, Check, ValueId } from "../ir/function.ts";
import type { BinaryOp, CompareOp, UnaryOp } from "../ir/ops.ts";
import type { IrType } from "../ir/types.ts";
import { scalar, type Value } from "./cells.ts";
import type { Lowering } from "./lowering.ts";
import { nullValue, type SsaBuilder } from "./ssa-builder.ts";

/** A 64-bit constant; negative ones in two's complement. */
export function constant(build: SsaBuilder, value: bigint | number, at: Span): ValueId {
  return build.define({ op: "const", value: BigInt.asUintN(64, BigInt(value)), type: "i64", at });
}

export function binary(build: SsaBuilder, op: BinaryOp, left: ValueId, right: ValueId, at: Span): ValueId {
  return build.define({ op, args: [left, right], type: "i64", at });
}

/** An operation whose right operand is a constant. */
export function binaryConstant(
  build: SsaBuilder,
  op: BinaryOp,
  left: ValueId,
  right: bigint | number,
  at: Span,
): ValueId {
  return binary(build, op, left, constant(build, right, at), at);
}

export function unary(build: SsaBuilder, op: UnaryOp, value: ValueId, at: Span): ValueId {
  return build.define({ op, args: [value], type: "i64", at });
}

/** Pointer plus bytes, in the pointer's own space. */
export function addPointer(build: SsaBuilder, pointer: ValueId, bytes: ValueId, at: Span): ValueId {
  return build.define({ op: "ptradd", args: [pointer, bytes], type: build.typeOf(pointer) ?? "ptr.mapValue", at });
}

/** Pointer plus a constant; nothing is added for zero. */
export function addBytes(build: SsaBuilder, pointer: ValueId, bytes: number, at: Span): ValueId {
  return bytes === 0 ? pointer : addPointer(build, pointer, constant(build, bytes, at), at);
}

export function load(
  build: SsaBuilder,
  pointer: ValueId,
  offset: number,
  shape: { readonly size: 1 | 2 | 4 | 8; readonly signed: boolean; readonly type?: IrType },
  at: Span,
): ValueId {
  const { size, signed, type = "i64" } = shape;
  return build.define({ op: "load", size, signed, offset, args: [pointer], type, at });
}

/** Plants what `analyze` must prove. */
export function assert(build: SsaBuilder, value: ValueId, check: Check, at: Span): void {
  build.effect({ op: "assert", check, args: [value], at });
}

/** The constant that a value is, unsigned, if it is one. */
export function constantOf(build: SsaBuilder, value: ValueId): bigint | undefined {
  const definition = build.definition(value);
  return definition?.op === "const" ? definition.value : undefined;
}

/** Two ways to a value that join again: each way gives its value, the variable is a pointer or an integer. */
export function choose(
  l: Lowering,
  pointer: boolean,
  at: Span,
  branch: (whenTrue: BlockId, whenFalse: BlockId) => void,
  ways: { readonly whenTrue: () => ValueId; readonly whenFalse: () => ValueId },
): Value {
  const { build } = l;
  const result = build.variable(pointer);
  const [yes, no, join] = [build.block(), build.block(), build.block()];
  branch(yes, no);
  for (const [block, way] of [
    [yes, ways.whenTrue],
    [no, ways.whenFalse],
  ] as const) {
    build.enterSealed(block);
    build.write(result, way());
    build.jump(join, at);
  }
  build.enterSealed(join);
  return scalar(build.read(result));
}

/** Integer choice by one comparison. */
export function select(
  l: Lowering,
  compare: readonly [CompareOp, ValueId, ValueId],
  at: Span,
  whenTrue: () => ValueId,
  whenFalse: () => ValueId,
): ValueId {
  const branch = (yes: BlockId, no: BlockId): void => l.build.branch(...compare, yes, no, at);
  const value = choose(l, false, at, branch, { whenTrue, whenFalse });
  return value.kind === "scalar" ? value.id : nullValue;
}

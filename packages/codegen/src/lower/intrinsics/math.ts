// `Math.*` on exact integers. min, max, abs and sign choose by branches; clz32 halves the search without.
import type { Span } from "@typebpf/abi";
import type { MathExpr } from "../../ast/nodes.ts";
import type { ValueId } from "../../ir/function.ts";
import type { CompareOp } from "../../ir/ops.ts";
import { scalar, type Value } from "../cells.ts";
import { binary, binaryConstant, constant, select, unary } from "../emit.ts";
import type { Lowering } from "../lowering.ts";
import type { SsaBuilder } from "../ssa-builder.ts";

type Function = (l: Lowering, args: readonly ValueId[], at: Span) => ValueId;

function only(args: readonly ValueId[]): ValueId {
  const [first] = args;
  if (first === undefined) throw new Error("lower: a function of Math misses an argument");
  return first;
}

function extreme(compare: CompareOp): Function {
  return (l, args, at) => {
    const [first, ...rest] = args;
    return rest.reduce(
      (best, next) =>
        select(
          l,
          [compare, next, best],
          at,
          () => next,
          () => best,
        ),
      only(first === undefined ? [] : [first]),
    );
  };
}

function imul(l: Lowering, args: readonly ValueId[], at: Span): ValueId {
  const [left, right] = args;
  if (left === undefined || right === undefined) throw new Error("lower: Math.imul takes two arguments");
  return unary(l.build, "sext32", binary(l.build, "mul32", left, right, at), at);
}

function abs(l: Lowering, args: readonly ValueId[], at: Span): ValueId {
  const value = only(args);
  return select(
    l,
    ["slt64", value, constant(l.build, 0, at)],
    at,
    () => unary(l.build, "neg64", value, at),
    () => value,
  );
}

function sign(l: Lowering, args: readonly ValueId[], at: Span): ValueId {
  const value = only(args);
  const { build } = l;
  return select(
    l,
    ["slt64", value, constant(build, 0, at)],
    at,
    () => constant(build, -1, at),
    () =>
      select(
        l,
        ["sgt64", value, constant(build, 0, at)],
        at,
        () => constant(build, 1, at),
        () => constant(build, 0, at),
      ),
  );
}

/** 32 for zero. Else, while the top 16, 8, 4, 2, 1 bits are zero, they are counted and shifted out. */
function clz32(l: Lowering, args: readonly ValueId[], at: Span): ValueId {
  const { build } = l;
  const word = unary(build, "zext32", only(args), at);
  return select(
    l,
    ["eq64", word, constant(build, 0, at)],
    at,
    () => constant(build, 32, at),
    () => leadingZeros(build, word, at),
  );
}

function leadingZeros(build: SsaBuilder, word: ValueId, at: Span): ValueId {
  let rest = word;
  let count: ValueId | undefined;
  for (const step of [16, 8, 4, 2, 1]) {
    const below = binaryConstant(build, "sub64", rest, 1n << BigInt(32 - step), at);
    const bits = binaryConstant(build, "and64", binaryConstant(build, "ashr64", below, 63, at), step, at);
    count = count === undefined ? bits : binary(build, "add64", count, bits, at);
    if (step > 1) rest = binary(build, "shl64", rest, bits, at);
  }
  return count ?? word;
}

const functions: { readonly [K in MathExpr["function"]]: Function } = {
  imul,
  min: extreme("slt64"),
  max: extreme("sgt64"),
  abs,
  clz32,
  sign,
};

/** A function of Math. */
export function lowerMath(l: Lowering, expr: MathExpr): Value {
  const args = expr.args.map((arg) => l.scalar(arg));
  return scalar(functions[expr.function](l, args, expr.at));
}

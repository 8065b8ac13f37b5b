// Constant tables indexed at run time: a closed form where the values have one, else a balanced tree of comparisons.
import type { Span } from "@typebpf/abi";
import type { TableExpr } from "../../ast/nodes.ts";
import type { ValueId } from "../../ir/function.ts";
import { scalar, type Value } from "../cells.ts";
import { lowerDiagnostics } from "../diagnostics.ts";
import { assert, binary, binaryConstant, constant, constantOf, select } from "../emit.ts";
import type { Lowering } from "../lowering.ts";

/** More values than this belong in an array map. */
const longest = 64;

/** `TABLE[index]`. */
export function lowerTable(l: Lowering, expr: TableExpr): Value {
  const { build } = l;
  const { values, at } = expr;
  const index = l.scalar(expr.index);
  assert(build, index, { kind: "index", length: values.length }, expr.index.at);
  const known = constantOf(build, index);
  if (known !== undefined) return scalar(constant(build, values[Number(BigInt.asIntN(53, known))] ?? 0n, at));
  const closed = progression(l, values, index, at);
  if (closed !== undefined) return scalar(closed);
  if (values.length > longest) {
    l.report(lowerDiagnostics.longTable, at, {
      message: `the table ${expr.name} has ${values.length} values; at most ${longest} can be indexed at run time`,
    });
    return scalar(constant(build, 0, at));
  }
  return scalar(search(l, values, 0, index, at));
}

/** First value plus index times step, where the values are that. */
function progression(l: Lowering, values: readonly bigint[], index: ValueId, at: Span): ValueId | undefined {
  const [first, second] = values;
  if (first === undefined) return constant(l.build, 0, at);
  const step = (second ?? first) - first;
  if (values.some((value, position) => value !== first + BigInt(position) * step)) return undefined;
  if (step === 0n) return constant(l.build, first, at);
  const scaled = binaryConstant(l.build, "mul64", index, step, at);
  return binary(l.build, "add64", scaled, constant(l.build, first, at), at);
}

function search(l: Lowering, values: readonly bigint[], from: number, index: ValueId, at: Span): ValueId {
  const [first] = values;
  if (first === undefined || values.every((value) => value === first)) return constant(l.build, first ?? 0n, at);
  const middle = values.length >> 1;
  return select(
    l,
    ["ult64", index, constant(l.build, from + middle, at)],
    at,
    () => search(l, values.slice(0, middle), from, index, at),
    () => search(l, values.slice(middle), from + middle, index, at),
  );
}

// Constant tables indexed at run time: a closed form where the values have one, comparisons for a few values, else
// read-only data. Kernels that have no direct addresses of data (before 5.2) get a balanced tree of comparisons.
import { hasFeature, type Span } from "@typebpf/abi";
import type { TableExpr } from "../../ast/nodes.ts";
import type { ValueId } from "../../ir/function.ts";
import { scalar, type Value } from "../cells.ts";
import { lowerDiagnostics } from "../diagnostics.ts";
import { addPointer, assert, binary, binaryConstant, constant, constantOf, load, select } from "../emit.ts";
import type { Lowering } from "../lowering.ts";
import { scaled, sectionStart } from "../places.ts";

/** More values than this are not compared with. */
const longest = 64;
/** So many values are compared with where they could be read, too. */
const fewest = 3;

/** `TABLE[index]`. */
export function lowerTable(l: Lowering, expr: TableExpr): Value {
  const { build } = l;
  const { values, at } = expr;
  const index = tableIndex(l, expr);
  const known = constantOf(build, index);
  if (known !== undefined) return scalar(constant(build, values[Number(BigInt.asIntN(53, known))] ?? 0n, at));
  const closed = progression(l, values, index, at);
  if (closed !== undefined) return scalar(closed);
  if (values.length > fewest && hasFeature(l.module.target.kernel, "globals")) return scalar(read(l, expr, index));
  if (values.length > longest) {
    l.report(lowerDiagnostics.longTable, at, {
      message: `the table ${expr.name} has ${values.length} values; at most ${longest} can be indexed at run time`,
    });
    return scalar(constant(build, 0, at));
  }
  return scalar(search(l, values, 0, index, at));
}

/** The indices as one, each asserted to be in its range. */
function tableIndex(l: Lowering, { indices, at }: TableExpr): ValueId {
  let whole: ValueId | undefined;
  for (const { index, length } of indices) {
    const next = l.scalar(index);
    assert(l.build, next, { kind: "index", length }, index.at);
    const before: ValueId | undefined = whole && binaryConstant(l.build, "mul64", whole, length, at);
    whole = before === undefined ? next : binary(l.build, "add64", before, next, at);
  }
  return whole ?? constant(l.build, 0, at);
}

/** Bits of a two's complement that holds all of the values. */
function bitsOf(values: readonly bigint[]): number {
  return 1 + Math.max(...values.map((value) => (value < 0n ? ~value : value).toString(2).length));
}

/** A load from read-only data. Numbers of 8 bytes are cut to the bits that they have, so that their range is known. */
function read(l: Lowering, { values, type, at }: TableExpr, index: ValueId): ValueId {
  const { section, offset, size, signed } = l.data.place(values);
  const bytes = scaled(l, index, size, at);
  const pointer = addPointer(l.build, sectionStart(l, section, at), bytes, at);
  const value = load(l.build, pointer, offset, { size, signed }, at);
  if (size < 8 || type.kind !== "number") return value;
  const negative = values.some((one) => one < 0n);
  const unused = 64 - bitsOf(values) + (negative ? 0 : 1);
  const down = negative ? "ashr64" : "lshr64";
  return binaryConstant(l.build, down, binaryConstant(l.build, "shl64", value, unused, at), unused, at);
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

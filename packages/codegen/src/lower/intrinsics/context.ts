// Fields of the context. The kernel wants them read and written at their constant offsets from the context pointer itself,
// and written whole (net/core/filter.c, bpf_skb_is_valid_access). Fields of fewer bits than their size are read as
// narrowly as they are, so that their range is plain to see.
import { type ContextFieldRow, fieldsOf, type ScalarLayout, scalarLayouts } from "@typebpf/abi";
import type { ContextFieldExpr } from "../../ast/nodes.ts";
import { idOf, scalar, type Value } from "../cells.ts";
import { binaryConstant, load, unary } from "../emit.ts";
import type { Target } from "../expressions/targets.ts";
import { assertFits } from "../fits.ts";
import type { Lowering } from "../lowering.ts";

const swaps = { 2: "swap16", 4: "swap32", 8: "swap64" } as const;

interface Place {
  readonly row: ContextFieldRow;
  readonly offset: number;
  /** Bytes of the value. */
  readonly size: 1 | 2 | 4 | 8;
}

function placeOf(l: Lowering, { field, index = 0 }: ContextFieldExpr): Place {
  const row = fieldsOf(l.program).find((one) => one.name === field);
  if (!row) throw new Error(`lower: the context has no field ${field}`);
  return { row, offset: row.offset + index * row.size, size: row.bits === 16 ? 2 : row.size };
}

/** A field of the context, in host order. */
export function lowerContextField(l: Lowering, expr: ContextFieldExpr): Value {
  const { row, offset, size } = placeOf(l, expr);
  // The pointer's kind says no more than that others may see what is written there.
  if (row.is === "memory")
    return scalar(load(l.build, l.build.context, offset, { size, signed: false, type: "ptr.mapValue" }, expr.at));
  const value = load(l.build, l.build.context, offset, { size, signed: false }, expr.at);
  if (row.bigEndian && size !== 1) return scalar(unary(l.build, swaps[size], value, expr.at));
  // Older instruction sets have no loads that extend the sign, and the kernel refuses some of them on the context.
  return scalar(row.signed && size === 4 ? unary(l.build, "sext32", value, expr.at) : value);
}

const layouts: Readonly<Record<1 | 2 | 4 | 8, ScalarLayout>> = {
  1: scalarLayouts.u8,
  2: scalarLayouts.u16,
  4: scalarLayouts.u32,
  8: scalarLayouts.u64,
};

/** A field of the context as the target of an assignment. */
export function contextTarget(l: Lowering, expr: ContextFieldExpr): Target {
  const { build } = l;
  const { row, offset, size } = placeOf(l, expr);
  return {
    read: () => lowerContextField(l, expr),
    write: (value, source) => {
      const id = idOf(value);
      const at = source?.at ?? expr.at;
      const layout = row.signed && size === 4 ? scalarLayouts.i32 : layouts[size];
      assertFits(build, id, source, layout, row.as ?? row.name, at);
      const swapped = row.bigEndian && size !== 1 ? unary(build, swaps[size], id, at) : id;
      const stored =
        size < row.size ? binaryConstant(build, "and64", swapped, (1n << BigInt(size * 8)) - 1n, at) : swapped;
      build.effect({ op: "store", size: row.size, offset, args: [build.context, stored], at: expr.at });
    },
  };
}

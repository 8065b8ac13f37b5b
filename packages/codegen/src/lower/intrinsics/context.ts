// Fields of the context. The kernel wants them read and written at their constant offsets from the context pointer itself,
// and written whole (net/core/filter.c, bpf_skb_is_valid_access). Fields of fewer bits than their size are read as
// narrowly as they are, so that their range is plain to see.
import { type ContextFieldRow, fieldsOf, type ScalarLayout, type Span, scalarLayouts } from "@typebpf/abi";
import type { ContextFieldExpr, ContextTextExpr } from "../../ast/nodes.ts";
import { idOf, scalar, type Value } from "../cells.ts";
import { addPointer, binaryConstant, choose, constant, load, unary } from "../emit.ts";
import type { Target } from "../expressions/targets.ts";
import { assertFits } from "../fits.ts";
import type { Lowering } from "../lowering.ts";
import { stackPlace } from "../places.ts";
import { nullValue } from "../ssa-builder.ts";

const swaps = { 2: "swap16", 4: "swap32", 8: "swap64" } as const;
const signExtensions = { 1: "sext8", 2: "sext16", 4: "sext32" } as const;

interface Place {
  readonly row: ContextFieldRow;
  readonly offset: number;
  /** Bytes of the value. */
  readonly size: 1 | 2 | 4 | 8;
}

function placeOf(l: Lowering, { field, index = 0 }: ContextFieldExpr): Place {
  const row = fieldsOf(l.program).find((one) => one.name === field);
  if (!row) throw new Error(`lower: the context has no field ${field}`);
  const offset = row.offsets?.[index] ?? row.offset + index * row.size;
  return { row, offset, size: row.bits === 16 ? 2 : row.size };
}

/** A field of the context, in host order. */
export function lowerContextField(l: Lowering, expr: ContextFieldExpr): Value {
  const { row, offset, size } = placeOf(l, expr);
  // One pointer for the whole function: the kernel takes what is loaded again for another socket, not tested yet. Only where
  // helpers put another one there is it loaded each time.
  if (row.is === "socket") {
    const args = [l.build.context] as const;
    const inst = { op: "load", args, size: 8, signed: false, offset, type: "ptr.socket", at: expr.at } as const;
    const changes = l.program.type === "sk_lookup";
    if (changes) return scalar(l.build.define(inst));
    const known = l.sockets.get(offset) ?? l.build.define(inst, true);
    l.sockets.set(offset, known);
    return scalar(known);
  }
  // The pointer's kind says no more than that others may see what is written there.
  if (row.is === "memory")
    return scalar(load(l.build, l.build.context, offset, { size, signed: false, type: "ptr.mapValue" }, expr.at));
  if (row.count !== undefined && expr.index === undefined) return copyItems(l, row, row.count, expr.at);
  const value = load(l.build, l.build.context, offset, { size, signed: false }, expr.at);
  const host = row.bigEndian && size !== 1 ? unary(l.build, swaps[size], value, expr.at) : value;
  // Older instruction sets have no loads that extend the sign, and the kernel refuses some of them on the context.
  return scalar(row.signed && size !== 8 ? unary(l.build, signExtensions[size], host, expr.at) : host);
}

/** All items of an array, on the stack. */
function copyItems(l: Lowering, { name, offset, offsets, size }: ContextFieldRow, count: number, at: Span): Value {
  const { build } = l;
  const slot = build.slot({ size: size * count, align: 8, name, at });
  const copy = build.define({ op: "slot", slot, type: "ptr.stack", at });
  const move = (from: number, to: number, bytes: 1 | 2 | 4 | 8): void => {
    const piece = load(build, build.context, from, { size: bytes, signed: false }, at);
    build.effect({ op: "store", size: bytes, offset: to, args: [copy, piece], at });
  };
  if (offsets) for (const [item, from] of offsets.entries()) move(from, item * size, size);
  else {
    for (let done = 0; done < size * count; ) {
      const from = offset + done;
      const bytes = ([8, 4, 2] as const).find((one) => from % one === 0 && done + one <= size * count) ?? 1;
      move(from, done, bytes);
      done += bytes;
    }
  }
  return scalar(copy);
}

/** What a `__data_loc` says: the length of a text in the upper half, its distance from the context in the lower. */
export function lowerContextText(l: Lowering, { field, fills, at }: ContextTextExpr): Value {
  const { build } = l;
  const row = fieldsOf(l.program).find((one) => one.name === field);
  if (!row) throw new Error(`lower: the context has no text ${field}`);
  const place = load(build, build.context, row.offset, { size: 4, signed: false }, at);
  if (!fills) return scalar(binaryConstant(build, "lshr64", place, 16, at));
  const text = addPointer(build, build.context, binaryConstant(build, "and64", place, 0xffff, at), at);
  const copy = stackPlace(l, fills, row.as ?? field, at);
  build.effect({ op: "zero", size: fills.size, offset: 0, args: [copy.base], at });
  const args = [copy.base, constant(build, fills.size, at), text];
  const length = build.define({ op: "call", helper: "probeReadKernelStr", args, type: "i64", at });
  return choose(l, true, at, (yes, no) => build.branch("slt64", length, constant(build, 0, at), no, yes, at), {
    whenTrue: () => copy.base,
    whenFalse: () => nullValue,
  });
}

const layouts: Readonly<Record<1 | 2 | 4 | 8, readonly [unsigned: ScalarLayout, signed: ScalarLayout]>> = {
  1: [scalarLayouts.u8, scalarLayouts.i8],
  2: [scalarLayouts.u16, scalarLayouts.i16],
  4: [scalarLayouts.u32, scalarLayouts.i32],
  8: [scalarLayouts.u64, scalarLayouts.i64],
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
      assertFits(build, id, source, layouts[size][row.signed ? 1 : 0], row.as ?? row.name, at);
      const swapped = row.bigEndian && size !== 1 ? unary(build, swaps[size], id, at) : id;
      const stored =
        size < row.size ? binaryConstant(build, "and64", swapped, (1n << BigInt(size * 8)) - 1n, at) : swapped;
      build.effect({ op: "store", size: row.size, offset, args: [build.context, stored], at: expr.at });
    },
  };
}

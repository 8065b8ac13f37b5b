// Constants as the bytes of a layout: what a global variable holds before the first program runs. Padding and what is
// left out are zero; what does not fit is told.
import type { FieldLayout, Layout, ScalarLayout } from "@typebpf/abi";
import { type Constant, describeConstant } from "./values.ts";

/** Why a constant does not fit a layout. */
export interface Misfit {
  readonly problem: string;
}

function write(view: DataView, at: number, unit: ScalarLayout, value: bigint): void {
  for (let byte = 0; byte < unit.size; byte++) {
    const place = unit.bigEndian ? unit.size - 1 - byte : byte;
    view.setUint8(at + place, Number((value >> BigInt(byte * 8)) & 0xffn));
  }
}

function read(view: DataView, at: number, unit: ScalarLayout): bigint {
  let value = 0n;
  for (let byte = 0; byte < unit.size; byte++) {
    const place = unit.bigEndian ? unit.size - 1 - byte : byte;
    value |= BigInt(view.getUint8(at + place)) << BigInt(byte * 8);
  }
  return value;
}

/** The integer that a constant is, if it fits so many bits. */
function integer(constant: Constant, bits: number, unit: ScalarLayout): bigint | Misfit {
  const wide = unit.size === 8;
  if (
    constant.kind !== (wide ? "bigint" : "number") ||
    (constant.kind === "number" && !Number.isInteger(constant.value))
  )
    return { problem: `${describeConstant(constant)} where ${unit.name} takes a ${wide ? "bigint" : "number"}` };
  const value = BigInt(constant.value as number | bigint);
  const kept = unit.signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  return kept === value
    ? value
    : { problem: `${describeConstant(constant)} does not fit ${bits} bits of ${unit.name}` };
}

function writeField(view: DataView, at: number, field: FieldLayout, constant: Constant): Misfit | undefined {
  const { layout } = field;
  if (layout.kind !== "bits") return encodeConstant(constant, layout, view, at + field.offset);
  const value = integer(constant, layout.count, layout.unit);
  if (typeof value !== "bigint") return value;
  const first = field.bitOffset ?? 0;
  const shift = BigInt(layout.unit.bigEndian ? layout.size * 8 - first - layout.count : first);
  const place = at + field.offset;
  write(view, place, layout.unit, read(view, place, layout.unit) | (BigInt.asUintN(layout.count, value) << shift));
  return undefined;
}

/** Writes a constant over zeros; gives why it cannot. */
export function encodeConstant(constant: Constant, layout: Layout, view: DataView, at = 0): Misfit | undefined {
  if (layout.kind === "scalar") {
    const value = integer(constant, layout.size * 8, layout);
    if (typeof value !== "bigint") return value;
    write(view, at, layout, BigInt.asUintN(64, value));
    return undefined;
  }
  if (layout.kind === "array" && constant.kind === "array") {
    if (constant.items.length > layout.length)
      return { problem: `${constant.items.length} items for an array of ${layout.length}` };
    for (const [index, item] of constant.items.entries()) {
      const misfit = encodeConstant(item, layout.item, view, at + index * layout.item.size);
      if (misfit) return misfit;
    }
    return undefined;
  }
  if (layout.kind === "struct" && constant.kind === "object") {
    for (const [name, member] of constant.members) {
      const field = layout.fields.find((one) => one.name === name);
      if (!field) return { problem: `struct ${layout.name} has no field ${name}` };
      const misfit = writeField(view, at, field, member);
      if (misfit) return misfit;
    }
    return undefined;
  }
  return { problem: `${describeConstant(constant)} does not fit` };
}

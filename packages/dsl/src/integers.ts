// Loads and stores of one integer or bit field in a DataView, in its own byte order.
// Stores keep the low bits, as DataView does; a number where a bigint belongs (or the reverse) throws TypeError.
import type { BitsLayout, ScalarLayout } from "@typebpf/abi";

type Load = (data: DataView, offset: number, little: boolean) => number | bigint;
type Store = (data: DataView, offset: number, value: number | bigint, little: boolean) => void;

/** DataView takes a number for 1 to 4 bytes and a bigint for 8, and throws TypeError otherwise: that is the check. */
const access: Readonly<Record<string, { readonly load: Load; readonly store: Store }>> = {
  u1: { load: (d, o) => d.getUint8(o), store: (d, o, v) => d.setUint8(o, v as number) },
  u2: { load: (d, o, le) => d.getUint16(o, le), store: (d, o, v, le) => d.setUint16(o, v as number, le) },
  u4: { load: (d, o, le) => d.getUint32(o, le), store: (d, o, v, le) => d.setUint32(o, v as number, le) },
  u8: { load: (d, o, le) => d.getBigUint64(o, le), store: (d, o, v, le) => d.setBigUint64(o, v as bigint, le) },
  i1: { load: (d, o) => d.getInt8(o), store: (d, o, v) => d.setInt8(o, v as number) },
  i2: { load: (d, o, le) => d.getInt16(o, le), store: (d, o, v, le) => d.setInt16(o, v as number, le) },
  i4: { load: (d, o, le) => d.getInt32(o, le), store: (d, o, v, le) => d.setInt32(o, v as number, le) },
  i8: { load: (d, o, le) => d.getBigInt64(o, le), store: (d, o, v, le) => d.setBigInt64(o, v as bigint, le) },
};

function accessOf(layout: ScalarLayout): { readonly load: Load; readonly store: Store } {
  const found = access[`${layout.signed ? "i" : "u"}${layout.size}`];
  if (!found) throw new Error(`dsl: no integer of ${layout.size} bytes`);
  return found;
}

/** Reads an integer in host order. */
export function loadScalar(layout: ScalarLayout, data: DataView, offset: number): number | bigint {
  return accessOf(layout).load(data, offset, !layout.bigEndian);
}

/** Writes an integer given in host order. */
export function storeScalar(layout: ScalarLayout, data: DataView, offset: number, value: unknown): void {
  if (typeof value !== (layout.size === 8 ? "bigint" : "number")) {
    throw new TypeError(`A ${layout.name} holds a ${layout.size === 8 ? "bigint" : "number"}, not a ${typeof value}`);
  }
  accessOf(layout).store(data, offset, value as number | bigint, !layout.bigEndian);
}

/** Distance of a bit field from the least significant bit of its unit. */
function shiftOf(layout: BitsLayout, bitOffset: number): number {
  return layout.unit.bigEndian ? layout.size * 8 - bitOffset - layout.count : bitOffset;
}

/** Reads the bit field that begins `bitOffset` bits into the unit at `offset`. */
export function loadBits(layout: BitsLayout, data: DataView, offset: number, bitOffset: number): number {
  const unit = Number(loadScalar(layout.unit, data, offset));
  return Math.floor(unit / 2 ** shiftOf(layout, bitOffset)) % 2 ** layout.count;
}

/** Writes the low bits of `value` into a bit field and leaves its neighbours as they are. */
export function storeBits(layout: BitsLayout, data: DataView, offset: number, bitOffset: number, value: unknown): void {
  if (typeof value !== "number") throw new TypeError(`A bit field holds a number, not a ${typeof value}`);
  const scale = 2 ** shiftOf(layout, bitOffset);
  const unit = Number(loadScalar(layout.unit, data, offset));
  const before = loadBits(layout, data, offset, bitOffset);
  const after = (value >>> 0) % 2 ** layout.count;
  storeScalar(layout.unit, data, offset, unit + (after - before) * scale);
}

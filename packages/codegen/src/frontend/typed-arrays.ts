// Typed arrays and DataView of JavaScript, as integers of the DSL: names to scalars. Typed arrays are in native byte order,
// which is little-endian wherever filters run; DataView is big-endian unless it is told otherwise.
import { type ScalarLayout, type ScalarName, scalarLayouts } from "@typebpf/abi";

/** The item of each typed array. */
export const typedArrays: Readonly<Record<string, ScalarName>> = {
  Uint8Array: "u8",
  Int8Array: "i8",
  Uint16Array: "u16",
  Int16Array: "i16",
  Uint32Array: "u32",
  Int32Array: "i32",
  BigUint64Array: "u64",
  BigInt64Array: "i64",
};

/** What follows `get` and `set` in the names of a DataView's methods. */
const dataViewTypes: Readonly<Record<string, ScalarName>> = {
  Uint8: "u8",
  Int8: "i8",
  Uint16: "u16",
  Int16: "i16",
  Uint32: "u32",
  Int32: "i32",
  BigUint64: "u64",
  BigInt64: "i64",
};

/** A method of DataView: what it accesses, in native order. */
export interface DataViewMethod {
  readonly action: "get" | "set";
  readonly native: ScalarLayout;
}

/** The method of that name; undefined for any other. */
export function dataViewMethod(name: string): DataViewMethod | undefined {
  const action = name.startsWith("get") ? "get" : name.startsWith("set") ? "set" : undefined;
  const type = name.slice(3);
  const scalar = Object.hasOwn(dataViewTypes, type) ? dataViewTypes[type] : undefined;
  return action && scalar ? { action, native: scalarLayouts[scalar] } : undefined;
}

/** The same integer in the other byte order. */
export function bigEndian(native: ScalarLayout): ScalarLayout {
  return native.size === 1 ? native : { ...native, name: `${native.name}be`, bigEndian: true };
}

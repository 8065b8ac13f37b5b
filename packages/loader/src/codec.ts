// One codec for every layout: user-space values to the bytes of keys and values, and back. Integers of up to 32 bits
// are numbers, 64-bit ones bigints, arrays of u8 are Uint8Arrays, other arrays plain arrays, structs plain objects.
// Fields and last items that are left out, and padding, are zero. What does not fit is a diagnostic with the path of the field.
import {
  type ArrayLayout,
  type BitsLayout,
  type FieldLayout,
  isSpinLock,
  type Layout,
  prefixAddress,
  type ScalarLayout,
  type StructLayout,
} from "@typebpf/abi";
import { type LoaderDiagnosticName, loaderError } from "./diagnostics.ts";

/** A value of user space, as the layout shapes it. */
export type Value = number | bigint | Uint8Array | readonly Value[] | { readonly [field: string]: Value };

function refuse(name: LoaderDiagnosticName, path: string, problem: string): never {
  throw loaderError(name, { message: `${path}: ${problem}` });
}

/** A short description of any value, for messages. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number" || typeof value === "boolean" || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** True for arrays of u8, whose values are Uint8Arrays. */
export function isByteArray({ item }: ArrayLayout): boolean {
  return item.kind === "scalar" && item.size === 1 && !item.signed;
}

/** The least and greatest value of an integer of `bits` bits. */
export function integerRange(bits: number, signed: boolean): readonly [min: bigint, max: bigint] {
  const one = 1n << BigInt(signed ? bits - 1 : bits);
  return signed ? [-one, one - 1n] : [0n, one - 1n];
}

function checkedInteger(value: unknown, bits: number, unit: ScalarLayout, path: string, name: string): bigint {
  const wide = unit.size === 8;
  if (wide ? typeof value !== "bigint" : typeof value !== "number") {
    const wanted = wide ? "a bigint (write 5n)" : "a number";
    refuse("valueKind", path, `${name} takes ${wanted}, not ${describe(value)}`);
  }
  if (typeof value === "number" && !Number.isInteger(value)) {
    refuse("valueKind", path, `${name} takes a whole number, not ${value}`);
  }
  const integer = BigInt(value as number | bigint);
  const [min, max] = integerRange(bits, unit.signed);
  if (integer < min || integer > max) refuse("valueRange", path, `${integer} does not fit ${name} (${min} to ${max})`);
  return integer;
}

function readUnit(view: DataView, at: number, unit: ScalarLayout): bigint {
  const little = !unit.bigEndian;
  switch (unit.size) {
    case 1:
      return BigInt(view.getUint8(at));
    case 2:
      return BigInt(view.getUint16(at, little));
    case 4:
      return BigInt(view.getUint32(at, little));
    case 8:
      return view.getBigUint64(at, little);
  }
}

function writeUnit(view: DataView, at: number, unit: ScalarLayout, value: bigint): void {
  const little = !unit.bigEndian;
  const low = Number(BigInt.asUintN(32, value));
  if (unit.size === 1) view.setUint8(at, low);
  else if (unit.size === 2) view.setUint16(at, low, little);
  else if (unit.size === 4) view.setUint32(at, low, little);
  else view.setBigUint64(at, value, little);
}

/** Distance of a bit field from the unit's least significant bit. */
function shiftOf(field: FieldLayout, bits: BitsLayout): bigint {
  const offset = field.bitOffset ?? 0;
  return BigInt(bits.unit.bigEndian ? bits.size * 8 - offset - bits.count : offset);
}

function encodeField(view: DataView, at: number, field: FieldLayout, value: unknown, path: string): void {
  const { layout } = field;
  if (layout.kind === "bits") {
    const name = `${layout.count} bits of ${layout.unit.name}`;
    const integer = checkedInteger(value, layout.count, layout.unit, path, name);
    const bits = BigInt.asUintN(layout.count, integer) << shiftOf(field, layout);
    writeUnit(view, at, layout.unit, readUnit(view, at, layout.unit) | bits);
  } else encodeAt(view, at, layout, value, path);
}

function encodeStruct(view: DataView, at: number, layout: StructLayout, value: unknown, path: string): void {
  if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    refuse("valueKind", path, `struct ${layout.name} takes an object, not ${describe(value)}`);
  }
  const given = new Map<string, unknown>(Object.entries(value));
  // A length that was forgotten must not mean "every address".
  if (prefixAddress(layout) && given.get("prefixLength") === undefined) {
    refuse("valueKind", path, "a prefix needs its prefixLength, the number of bits that count");
  }
  for (const field of layout.fields) {
    const member = given.get(field.name);
    given.delete(field.name);
    if (member !== undefined) encodeField(view, at + field.offset, field, member, `${path}.${field.name}`);
  }
  if (layout.union) checkAgreement(view, at, layout, value, path);
  for (const name of given.keys()) {
    refuse(
      "unknownField",
      path,
      `struct ${layout.name} has no field "${name}"; it has ${layout.fields.map((field) => field.name).join(", ")}`,
    );
  }
}

/** More members of a union than one must say the same of the bytes that they share, as those that `decode` gives do. */
function checkAgreement(view: DataView, at: number, layout: StructLayout, value: object, path: string): void {
  const given = new Map<string, unknown>(Object.entries(value));
  for (const field of layout.fields) {
    const member = given.get(field.name);
    if (member === undefined) continue;
    // Bit fields are added to their unit, so one that lacks a bit would not show.
    const isOther = field.layout.kind === "bits" && decodeField(view, at, field) !== member;
    const alone = new Uint8Array(view.buffer, view.byteOffset + at, layout.size).slice();
    encodeField(new DataView(alone.buffer), 0, field, member, `${path}.${field.name}`);
    if (isOther || alone.some((byte, index) => byte !== view.getUint8(at + index))) {
      refuse("valueKind", path, `the members of union ${layout.name} differ; give one of them`);
    }
  }
}

function encodeArray(view: DataView, at: number, layout: ArrayLayout, value: unknown, path: string): void {
  const items = Array.isArray(value)
    ? value
    : ArrayBuffer.isView(value) && "length" in value
      ? Array.from(value as Uint8Array)
      : undefined;
  if (!items) {
    refuse(
      "valueKind",
      path,
      `an array of ${layout.length} takes ${isByteArray(layout) ? "a Uint8Array" : "an array"}, not ${describe(value)}`,
    );
  }
  // A list may give the first items only, as in the DSL; a block of bytes is all or nothing.
  if (Array.isArray(value) ? items.length > layout.length : items.length !== layout.length) {
    refuse("wrongLength", path, `${items.length} items given, the schema has ${layout.length}`);
  }
  items.forEach((item: unknown, index) => {
    encodeAt(view, at + index * layout.item.size, layout.item, item, `${path}[${index}]`);
  });
}

function encodeAt(view: DataView, at: number, layout: Layout, value: unknown, path: string): void {
  if (layout.kind === "array") encodeArray(view, at, layout, value, path);
  else if (layout.kind === "struct") encodeStruct(view, at, layout, value, path);
  else {
    const [bits, unit] = layout.kind === "bits" ? [layout.count, layout.unit] : [layout.size * 8, layout];
    writeUnit(view, at, unit, checkedInteger(value, bits, unit, path, unit.name));
  }
}

/**
 * The bytes of a value. `path` names the value in messages.
 * @throws DiagnosticError BPF6150–6153 with the path of the part that does not fit.
 */
export function encode(layout: Layout, value: unknown, path = "value"): Uint8Array {
  const bytes = new Uint8Array(layout.size);
  encodeAt(new DataView(bytes.buffer), 0, layout, value, path);
  return bytes;
}

function decodeInteger(raw: bigint, bits: number, unit: ScalarLayout): number | bigint {
  const value = unit.signed ? BigInt.asIntN(bits, raw) : BigInt.asUintN(bits, raw);
  return unit.size === 8 ? value : Number(value);
}

function decodeField(view: DataView, at: number, field: FieldLayout): Value {
  const { layout } = field;
  if (layout.kind !== "bits") return decodeAt(view, at, layout);
  return decodeInteger(readUnit(view, at, layout.unit) >> shiftOf(field, layout), layout.count, layout.unit);
}

function decodeAt(view: DataView, at: number, layout: Layout): Value {
  switch (layout.kind) {
    case "scalar":
      return decodeInteger(readUnit(view, at, layout), layout.size * 8, layout);
    case "bits":
      return decodeInteger(readUnit(view, at, layout.unit), layout.count, layout.unit);
    case "array": {
      if (isByteArray(layout)) return new Uint8Array(view.buffer, view.byteOffset + at, layout.length).slice();
      return Array.from({ length: layout.length }, (_, index) =>
        decodeAt(view, at + index * layout.item.size, layout.item),
      );
    }
    case "struct":
      return Object.fromEntries(
        layout.fields
          .filter((field) => !isSpinLock(field.layout))
          .map((field) => [field.name, decodeField(view, at + field.offset, field)]),
      );
    default:
      return layout satisfies never;
  }
}

/**
 * The value that bytes stand for.
 * @throws DiagnosticError BPF6155 where there are more or fewer bytes than the layout has.
 */
export function decode(layout: Layout, bytes: Uint8Array, path = "value"): Value {
  if (bytes.length !== layout.size)
    refuse("bytesLength", path, `${bytes.length} bytes given, the schema has ${layout.size}`);
  return decodeAt(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, layout);
}

// Bytes in memory: comparisons with text and other bytes, copies, and views as a schema. Compiled, they are wide loads and
// stores.
import { addressableLayout, describe } from "./define.ts";
import type { u8 } from "./scalars.ts";
import type { Items, RefTo, Schema } from "./schema.ts";
import { type Memory, memoryOf, viewOf } from "./view.ts";

/** Bytes to compare with or to copy: text of characters below 256, one byte each, a table, or bytes in memory. */
export type ByteSource = string | { readonly length: number; readonly [index: number]: number };

/** The bytes of an array of u8, or of a Uint8Array, in place. */
function bytesOf(value: unknown, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const memory = memoryOf(value);
  const layout = memory?.layout;
  if (!memory || layout?.kind !== "array" || layout.item.kind !== "scalar" || layout.item.name !== "u8") {
    throw new TypeError(`${what}() needs an array of u8, not ${describe(value)}`);
  }
  return new Uint8Array(memory.data.buffer, memory.data.byteOffset + memory.offset, layout.length);
}

function sourceBytes(source: unknown, what: string): Uint8Array {
  if (typeof source === "string") {
    const codes = Array.from({ length: source.length }, (_, index) => source.charCodeAt(index));
    if (codes.some((code) => code > 0xff)) throw new RangeError(`${what}() compares with characters below 256`);
    return Uint8Array.from(codes);
  }
  if (!Array.isArray(source)) return bytesOf(source, what);
  if (source.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 0xff)) return Uint8Array.from(source);
  throw new RangeError(`${what}() takes bytes from 0 to 255`);
}

/**
 * True where the bytes are those of `other`: `bytesEqual(method, "GET ")`. There must be as many. The compiler takes constant
 * text, constant tables and bytes in memory.
 */
export function bytesEqual(bytes: Items<u8>, other: ByteSource): boolean {
  const [left, right] = [bytesOf(bytes, "bytesEqual"), sourceBytes(other, "bytesEqual")];
  if (left.length !== right.length) {
    const unit = typeof other === "string" ? "characters" : "bytes";
    throw new RangeError(`bytesEqual() cannot compare ${left.length} bytes with ${right.length} ${unit}`);
  }
  return left.every((byte, index) => byte === right[index]);
}

/** True where the bytes from `offset` on begin with `prefix`, which must lie within them: `startsWith(line, "HTTP/", 4)`. */
export function startsWith(bytes: Items<u8>, prefix: ByteSource, offset: number = 0): boolean {
  const [left, right] = [bytesOf(bytes, "startsWith"), sourceBytes(prefix, "startsWith")];
  checkRange(offset, right.length, left.length, "startsWith");
  return right.every((byte, index) => byte === left[offset + index]);
}

/** Copies all items of `source` over those of `target` from the index `offset` on. */
export function copy<T>(
  target: Items<T>,
  source: { readonly length: number; readonly [index: number]: T } | (T extends number ? string : never),
  offset: number = 0,
): void {
  const items: ArrayLike<unknown> = typeof source === "string" ? sourceBytes(source, "copy") : source;
  checkRange(offset, items.length, target.length, "copy");
  const taken = Array.from(items);
  for (const [index, item] of taken.entries()) target[offset + index] = item as T;
}

/**
 * What lies at `offset` of the bytes, to read and write in place: `view(buffer, 4, IPv4)`. It must lie within them; the offset
 * must be proved to.
 */
export function view<T>(bytes: Items<u8>, offset: number, schema: Schema<T>): RefTo<T> {
  const all = bytesOf(bytes, "view");
  const layout = addressableLayout(schema, "What bytes are viewed as");
  checkRange(offset, layout.size, all.length, "view");
  const at: Memory = { layout, data: new DataView(all.buffer, all.byteOffset, all.byteLength), offset };
  return viewOf(at) as RefTo<T>;
}

function checkRange(offset: unknown, size: number, length: number, what: string): void {
  if (typeof offset !== "number" || !Number.isInteger(offset) || offset < 0 || offset + size > length) {
    throw new RangeError(`${what}(): ${size} at ${describe(offset)} do not lie within ${length}`);
  }
}

// Bytes against text: compiled, the comparison is a few wide loads.
import { describe } from "./define.ts";
import type { u8 } from "./scalars.ts";
import type { FixedArray } from "./schema.ts";
import { memoryOf } from "./view.ts";

/** Longest text that bytes are compared with. */
const MAX_TEXT = 256;

/**
 * True where the bytes are the characters of `text`, one byte each: `bytesEqual(method, "GET ")`. There must be as many
 * characters as bytes, of codes below 256; the compiler takes constant text only.
 */
export function bytesEqual(bytes: FixedArray<u8>, text: string): boolean {
  const layout = memoryOf(bytes)?.layout;
  if (layout?.kind !== "array" || layout.item.kind !== "scalar" || layout.item.name !== "u8") {
    throw new TypeError(`bytesEqual() needs an array of u8, not ${describe(bytes)}`);
  }
  if (typeof text !== "string") throw new TypeError(`bytesEqual() compares with text, not ${describe(text)}`);
  if (text.length !== layout.length || text.length > MAX_TEXT) {
    throw new RangeError(`bytesEqual() cannot compare ${layout.length} bytes with ${text.length} characters`);
  }
  const codes = Array.from(text, (_, index) => text.charCodeAt(index));
  if (codes.some((code) => code > 0xff)) throw new RangeError("bytesEqual() compares with characters below 256");
  return codes.every((code, index) => bytes[index] === code);
}

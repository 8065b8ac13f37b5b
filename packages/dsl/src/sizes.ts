// Sizes and offsets of schemas: constants for the compiler, plain numbers in JavaScript.
import { addressableLayout } from "./define.ts";
import type { Schema } from "./schema.ts";
import type { StructSchema } from "./struct.ts";

/** Size in bytes, padding included. */
export function sizeOf(schema: Schema<unknown>): number {
  return addressableLayout(schema, "What sizeOf measures").size;
}

/** Offset of a field from the start of its struct, in bytes. A bit field has none. */
export function offsetOf<T>(schema: StructSchema<T>, field: keyof T & string): number {
  const layout = addressableLayout(schema, "What offsetOf looks into");
  if (layout.kind !== "struct") throw new TypeError("offsetOf needs a struct");
  const found = layout.fields.find(({ name }) => name === field);
  if (!found) throw new TypeError(`struct ${layout.name} has no field ${JSON.stringify(field)}`);
  if (found.layout.kind === "bits")
    throw new TypeError(`${layout.name}.${field} is a bit field and has no offset of its own`);
  return found.offset;
}

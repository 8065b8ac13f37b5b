// Arrays of fixed length. The schema is also the constructor: it makes a zero-filled array, filled from an initialiser.
import { type ArrayLayout, arrayLayout } from "@typebpf/abi";
import { addressableLayout, checkInteger, defineSchema } from "./define.ts";
import type { FixedArray, Init, Schema } from "./schema.ts";
import { construct } from "./view.ts";

/** The schema of `N` items. Called, it makes such an array on the stack; what is left out is zero. */
export interface ArraySchema<T, N extends number = number> extends Schema<FixedArray<T, N>> {
  (items?: Init<FixedArray<T, N>>): FixedArray<T, N>;
  /** Number of items. */
  readonly length: N;
  /** The schema of one item. */
  readonly item: Schema<T>;
  readonly layout: ArrayLayout;
}

/** An array of `length` items: `array(u8, 6)`. */
export function array<T, N extends number>(item: Schema<T>, length: N): ArraySchema<T, N> {
  const layout = addressableLayout(item, "The item of an array");
  checkInteger(length, 1, 0x7fffffff, "The length of an array");
  const whole = arrayLayout(layout, length);
  const make = (items?: unknown): object => construct(whole, items);
  Object.defineProperty(make, "length", { value: length, writable: true });
  return defineSchema(make, "array", whole, { item });
}

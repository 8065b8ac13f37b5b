// Structs and unions, laid out as C lays them out. The schema is also the constructor: a zero-filled one, padding included.
import { type Layout, type StructLayout, structLayout, unionLayout } from "@typebpf/abi";
import { checkName, defineSchema, describe, layoutOf } from "./define.ts";
import type { Infer, Init, Member, Schema } from "./schema.ts";
import { construct } from "./view.ts";

/** The schema of a struct. Called, it makes one on the stack; what is left out is zero, padding included. */
export interface StructSchema<T> extends Schema<T> {
  (init?: Init<T>): T;
  /** The struct's name, as it shows in BTF and in dumps. */
  readonly name: string;
  /** The members, in order. */
  readonly fields: { readonly [K in keyof T]: Member<T[K]> };
  readonly layout: StructLayout;
}

function memberLayouts(name: string, fields: unknown): Readonly<Record<string, Layout>> {
  if (typeof fields !== "object" || fields === null) {
    throw new TypeError(`${name}: the fields must be an object, not ${describe(fields)}`);
  }
  const prototype: unknown = Object.getPrototypeOf(fields);
  if (prototype !== null && prototype !== Object.prototype) {
    throw new TypeError(`${name}: the fields must be a plain object (a field cannot be named __proto__)`);
  }
  const layouts: Record<string, Layout> = {};
  for (const [field, schema] of Object.entries(fields)) {
    checkName(field, `${name}: the field name`);
    if (field === "__proto__") throw new TypeError(`${name}: a field cannot be named __proto__`);
    layouts[field] = layoutOf(schema, `${name}: the field ${field}`);
  }
  if (Object.keys(layouts).length === 0) throw new TypeError(`${name} has no fields`);
  return layouts;
}

/**
 * A struct with its fields in order, laid out as C does: `struct("flow", { saddr: u32be, port: u16 })`.
 * `name` shows in BTF and in dumps.
 */
export function struct<F extends Readonly<Record<string, Member<unknown>>>>(
  name: string,
  fields: F,
): StructSchema<{ -readonly [K in keyof F]: Infer<F[K]> }> {
  checkName(name, "The name of a struct");
  const layout = structLayout(name, memberLayouts(`struct ${name}`, fields));
  return defineSchema((init?: unknown) => construct(layout, init), name, layout, {
    fields: Object.freeze({ ...fields }),
  });
}

/**
 * A union: each member is a view of the same bytes, `union("address", { v4: u32be, bytes: array(u8, 16) })`. It is as large as
 * its widest member. A literal gives one member; the other bytes are zero.
 */
export function union<F extends Readonly<Record<string, Member<unknown>>>>(
  name: string,
  members: F,
): StructSchema<{ -readonly [K in keyof F]: Infer<F[K]> }> {
  checkName(name, "The name of a union");
  const layout = unionLayout(name, memberLayouts(`union ${name}`, members));
  return defineSchema((init?: unknown) => construct(layout, init), name, layout, {
    fields: Object.freeze({ ...members }),
  });
}

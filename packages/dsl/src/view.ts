// Values of schema types in plain JavaScript: live views over bytes. A struct's view has one own enumerable accessor
// per field, so `{ ...view }` and Object.assign work; an array's view is a proxy with its indices.
// Aggregate assignment and constructors copy bytes deeply. A spread in JavaScript gives nested structs and arrays by
// reference, where compiled code copies: one of the documented differences.
import { type ArrayLayout, type FieldLayout, isSpinLock, type Layout, type StructLayout } from "@typebpf/abi";
import { describe } from "./define.ts";
import { loadBits, loadScalar, storeBits, storeScalar } from "./integers.ts";

/** Where a view's bytes are. */
export interface Memory {
  readonly layout: Layout;
  readonly data: DataView;
  readonly offset: number;
}

const memory: unique symbol = Symbol("memory");

/** Where the bytes of a view are; undefined for anything else. */
export function memoryOf(value: unknown): Memory | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as { readonly [memory]?: Memory })[memory];
}

/** A new zero-filled value of `layout`, filled from an initialiser. */
export function construct(layout: StructLayout | ArrayLayout, init: unknown): object {
  const data = new DataView(new ArrayBuffer(layout.size));
  fill(layout, data, 0, init);
  return viewOf({ layout, data, offset: 0 });
}

/** The view of what lies at a place: members of structs and arrays, `value` of an integer. */
export function viewOf(at: Memory): object {
  if (isSpinLock(at.layout)) return lockView();
  if (at.layout.kind === "struct") return structView(at, at.layout);
  if (at.layout.kind === "array") return arrayView(at, at.layout);
  const value: FieldLayout = { name: "value", offset: 0, layout: at.layout };
  return structView(at, { kind: "struct", name: "", fields: [value], size: at.layout.size, align: at.layout.align });
}

/** A lock that is always free. */
function lockView(): object {
  const releasable = Symbol.dispose ? { [Symbol.dispose]: () => undefined } : {};
  return Object.freeze({ acquire: () => releasable });
}

function structView(at: Memory, layout: StructLayout): object {
  const view: object = Object.create(null, { [memory]: { value: at } });
  for (const field of layout.fields) {
    Object.defineProperty(view, field.name, {
      enumerable: true,
      get: () => load(field, at.data, at.offset),
      set: (value: unknown) => assign(field, at.data, at.offset, value),
    });
  }
  return Object.seal(view);
}

/** The index that a property key means; undefined for a key that is no number. */
function indexOf(key: string | symbol, layout: ArrayLayout): number | undefined {
  if (typeof key === "symbol" || key === "" || Number.isNaN(Number(key))) return undefined;
  const index = Number(key);
  if (!Number.isInteger(index) || index < 0 || index >= layout.length || String(index) !== key) {
    throw new RangeError(`Index ${key} is outside an array of ${layout.length}`);
  }
  return index;
}

function arrayView(at: Memory, layout: ArrayLayout): object {
  const item = (index: number): FieldLayout => ({
    name: String(index),
    offset: index * layout.item.size,
    layout: layout.item,
  });
  // As those of JavaScript's arrays, iterators read each item when it is asked for.
  function* items(): Generator<unknown> {
    for (let index = 0; index < layout.length; index++) yield load(item(index), at.data, at.offset);
  }
  function* entries(): Generator<[number, unknown]> {
    let index = 0;
    for (const one of items()) yield [index++, one];
  }
  const inside = (key: string | symbol): boolean =>
    typeof key === "string" && /^(0|[1-9]\d*)$/.test(key) && Number(key) < layout.length;
  return new Proxy(Object.create(null) as object, {
    get: (_, key) => {
      if (key === memory) return at;
      if (key === "length") return layout.length;
      if (key === Symbol.iterator) return () => items();
      if (key === "entries") return () => entries();
      const index = indexOf(key, layout);
      return index === undefined ? undefined : load(item(index), at.data, at.offset);
    },
    set: (_, key, value) => {
      const index = indexOf(key, layout);
      if (index === undefined) return false;
      assign(item(index), at.data, at.offset, value);
      return true;
    },
    has: (_, key) => key === "length" || inside(key),
    ownKeys: () => Array.from({ length: layout.length }, (_, index) => String(index)),
    getOwnPropertyDescriptor: (_, key) =>
      inside(key)
        ? { value: load(item(Number(key)), at.data, at.offset), writable: true, enumerable: true, configurable: true }
        : undefined,
    defineProperty: () => false,
    deleteProperty: () => false,
    preventExtensions: () => false,
    setPrototypeOf: () => false,
  });
}

/** Reads a member of the aggregate at `base`: an integer's value, or the view of a struct or array. */
function load({ layout, offset, bitOffset = 0 }: FieldLayout, data: DataView, base: number): unknown {
  if (layout.kind === "scalar") return loadScalar(layout, data, base + offset);
  if (layout.kind === "bits") return loadBits(layout, data, base + offset, bitOffset);
  return viewOf({ layout, data, offset: base + offset });
}

/** Writes a member of the aggregate at `base`. */
function assign({ layout, offset, bitOffset = 0 }: FieldLayout, data: DataView, base: number, value: unknown): void {
  if (layout.kind === "scalar") storeScalar(layout, data, base + offset, value);
  else if (layout.kind === "bits") storeBits(layout, data, base + offset, bitOffset, value);
  else assignAggregate(layout, data, base + offset, value);
}

/** Replaces a struct or array. The new one is built aside first, since `value` may lie in the old one. */
function assignAggregate(layout: StructLayout | ArrayLayout, data: DataView, offset: number, value: unknown): void {
  if (value === undefined) throw new TypeError(`A ${layout.kind} cannot be assigned undefined`);
  const image = new DataView(new ArrayBuffer(layout.size));
  fill(layout, image, 0, value);
  bytesOf(data, offset, layout.size).set(bytesOf(image, 0, layout.size));
}

function bytesOf(data: DataView, offset: number, size: number): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset + offset, size);
}

/** Writes an initialiser over zeroed bytes; what it leaves out stays zero. */
function fill(layout: StructLayout | ArrayLayout, data: DataView, offset: number, init: unknown): void {
  if (init === undefined) return;
  const source = memoryOf(init);
  if (source?.layout === layout) {
    copyMembers(layout, data, offset, source);
  } else if (layout.kind === "struct") {
    fillStruct(layout, data, offset, init);
  } else {
    fillArray(layout, data, offset, init);
  }
}

/** Copies the bytes of members; those of none of them stay zero. */
function copyMembers(layout: Layout, data: DataView, offset: number, source: Omit<Memory, "layout">): void {
  if (layout.kind === "struct") {
    for (const field of layout.fields) {
      copyMembers(field.layout, data, offset + field.offset, { ...source, offset: source.offset + field.offset });
    }
  } else if (layout.kind === "array" && layout.item.kind !== "scalar") {
    for (let at = 0; at < layout.size; at += layout.item.size) {
      copyMembers(layout.item, data, offset + at, { ...source, offset: source.offset + at });
    }
  } else bytesOf(data, offset, layout.size).set(bytesOf(source.data, source.offset, layout.size));
}

function fillMember(field: FieldLayout, data: DataView, base: number, value: unknown): void {
  if (value === undefined || isSpinLock(field.layout)) return;
  if (field.layout.kind === "struct" || field.layout.kind === "array")
    fill(field.layout, data, base + field.offset, value);
  else assign(field, data, base, value);
}

function fillStruct(layout: StructLayout, data: DataView, offset: number, init: unknown): void {
  if (typeof init !== "object" || init === null) {
    throw new TypeError(`A struct ${layout.name} is made from an object, not ${describe(init)}`);
  }
  const values = new Map(Object.entries(init));
  const given = layout.fields.filter((field) => values.get(field.name) !== undefined);
  for (const field of given) fillMember(field, data, offset, values.get(field.name));
  for (const { name } of layout.fields) values.delete(name);
  const what = `${layout.union ? "union" : "struct"} ${layout.name}`;
  for (const left of values.keys()) throw new TypeError(`${what} has no field ${JSON.stringify(left)}`);
  if (layout.union && given.length > 1) throw new TypeError(`${what} is made from one of its members`);
}

/** Text as bytes, for arrays of them. */
function textItems(layout: ArrayLayout, text: string): readonly number[] {
  if (layout.item.kind !== "scalar" || layout.item.name !== "u8")
    throw new TypeError(`Text fills arrays of u8, not of ${layout.item.kind}`);
  const codes = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  if (codes.some((code) => code > 0xff)) throw new RangeError("Text that fills bytes has characters below 256");
  return codes;
}

function fillArray(layout: ArrayLayout, data: DataView, offset: number, given: unknown): void {
  const init = typeof given === "string" ? textItems(layout, given) : given;
  if (typeof init !== "object" || init === null || !("length" in init) || typeof init.length !== "number") {
    throw new TypeError(`An array is made from an array, not ${describe(init)}`);
  }
  if (init.length > layout.length) throw new RangeError(`${init.length} items do not fit an array of ${layout.length}`);
  const items = init as ArrayLike<unknown>;
  for (let index = 0; index < items.length; index++) {
    fillMember(
      { name: String(index), offset: index * layout.item.size, layout: layout.item },
      data,
      offset,
      items[index],
    );
  }
}

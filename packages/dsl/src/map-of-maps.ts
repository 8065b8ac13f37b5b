// Maps of maps: what `get` gives is a map, made by the template. User space makes the inner maps and puts them in.
import { defineMap, descriptor, type MapDescription } from "./maps.ts";
import type { u32 } from "./scalars.ts";
import type { Init, Schema } from "./schema.ts";

/** Any map. */
export type AnyMap = MapDescription<string, unknown, unknown> | MapDescription<string, never, unknown>;

/** A map of maps like `Inner`; `Key` is what may stand for a key. */
export interface MapOfMaps<Type extends string, K, Inner, Key> extends MapDescription<Type, K, u32> {
  /** What the maps in it are like. */
  readonly inner: Inner;
  /** The map at `key`; undefined if there is none. Its operations are those of the template, but for `forEach` and `reserve`. */
  get(key: Key): Inner | undefined;
  /** Whether there is a map at `key`. */
  has(key: Key): boolean;
}

/** Maps by index. */
export interface ArrayOfMaps<Inner> extends MapOfMaps<"arrayOfMaps", u32, Inner, u32> {}
/** Maps by keys of any kind. */
export interface HashOfMaps<K, Inner> extends MapOfMaps<"hashOfMaps", K, Inner, Init<K>> {}

/** What an array of maps is made of. */
export interface ArrayOfMapsOptions<Inner extends AnyMap> {
  /** What every map in it is like: `hashMap({ … })`. */
  readonly inner: Inner;
  /** The most maps it holds. */
  readonly maxEntries: number;
  /** `BPF_F_*` flags. */
  readonly flags?: number;
}

/** What a table of maps is made of. */
export interface HashOfMapsOptions<K, Inner extends AnyMap> extends ArrayOfMapsOptions<Inner> {
  /** The schema of a key. */
  readonly key: Schema<K>;
}

const operations = ["get", "has"];

/** Map types that the kernel does not take as inner maps (bpf_map_meta_alloc), or that hold maps themselves. */
const refused = ["arrayOfMaps", "hashOfMaps", "progArray", "deprecatedCgroupStorage", "deprecatedPerCpuCgroupStorage"];

function checked<Inner extends AnyMap>(inner: Inner): Inner {
  const given: unknown = inner;
  const { kind, type } = (typeof given === "object" && given !== null ? given : {}) as {
    kind?: unknown;
    type?: unknown;
  };
  if (kind !== "map") throw new TypeError("The inner map of a map of maps is a map, such as hashMap({ … })");
  if (refused.some((one) => one === type)) throw new TypeError(`A ${String(type)} cannot be in a map of maps`);
  return inner;
}

/** Maps by index: `arrayOfMaps({ inner: hashMap({ … }), maxEntries: 8 })`. Since Linux 4.12. */
export function arrayOfMaps<Inner extends AnyMap>(options: ArrayOfMapsOptions<Inner>): ArrayOfMaps<Inner> {
  const { inner, ...rest } = options;
  return defineMap("arrayOfMaps", { ...rest, ...descriptor }, operations, { inner: checked(inner) });
}

/** Maps by key: `hashOfMaps({ key: u32be, inner: arrayMap({ … }), maxEntries: 64 })`. Since Linux 4.12. */
export function hashOfMaps<K, Inner extends AnyMap>(options: HashOfMapsOptions<K, Inner>): HashOfMaps<K, Inner> {
  const { inner, ...rest } = options;
  return defineMap("hashOfMaps", { ...rest, value: descriptor.value }, operations, { inner: checked(inner) });
}

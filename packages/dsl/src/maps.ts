// Maps: shared memory of filters and user space. A map in plain JavaScript is its description, which loaders and tests
// read; its operations need the kernel or the simulator and throw here.
// The operations are the kernel's helpers bpf_map_{lookup,update,delete}_elem.
import type { MapTypeName } from "@typebpf/abi";
import { addressableLayout, checkInteger } from "./define.ts";
import { u32 } from "./scalars.ts";
import type { Init, RefTo, Schema } from "./schema.ts";

/** How `set` treats an entry that exists, or does not. */
export const MapUpdate = {
  /** Make the entry or replace it. */
  ANY: 0,
  /** Make the entry; fail with EEXIST (−17) if it exists. */
  NOEXIST: 1,
  /** Replace the entry; fail with ENOENT (−2) if it does not exist. */
  EXIST: 2,
} as const;
/** One of the values of the constant `MapUpdate`. */
export type MapUpdate = 0 | 1 | 2;

/** What every map says about itself. */
export interface MapDescription<Type extends string, K, V> {
  readonly kind: "map";
  readonly type: Type;
  /** The schema of a key. */
  readonly key: Schema<K>;
  /** The schema of a value. */
  readonly value: Schema<V>;
  /** The most entries it holds. */
  readonly maxEntries: number;
  /** `BPF_F_*` flags it is created with. */
  readonly flags: number;
}

/** A map with keys of any kind. */
export interface KeyedMap<Type extends string, K, V> extends MapDescription<Type, K, V> {
  /** The value at `key`, to read and write in place; undefined if there is none. */
  get(key: Init<K>): RefTo<V> | undefined;
  /** Whether there is a value at `key`. */
  has(key: Init<K>): boolean;
  /** Stores a copy of `value`. Gives 0, or a negative errno: E2BIG (−7) if full, EEXIST, ENOENT by `flags`. */
  set(key: Init<K>, value: Init<V>, flags?: MapUpdate): number;
  /** Removes the entry. Gives 0, or ENOENT (−2) if there is none. */
  delete(key: Init<K>): number;
}

/** A map whose keys are the indices below `maxEntries`. Every entry always exists, zero at first. */
export interface IndexedMap<Type extends string, V> extends MapDescription<Type, u32, V> {
  /** The value at `index`, to read and write in place; undefined from `maxEntries` on. */
  get(index: number): RefTo<V> | undefined;
  /** Whether `index` is below `maxEntries`. */
  has(index: number): boolean;
  /** Stores a copy of `value`. Gives 0, or E2BIG (−7) from `maxEntries` on. */
  set(index: number, value: Init<V>, flags?: MapUpdate): number;
}

/** A hash table. When full, `set` of a new key fails. */
export interface HashMap<K, V> extends KeyedMap<"hash", K, V> {}
/** A hash table that drops least recently used entries when full. */
export interface LruHashMap<K, V> extends KeyedMap<"lruHash", K, V> {}
/** An array. */
export interface ArrayMap<V> extends IndexedMap<"array", V> {}
/** An array with a copy of every value for each CPU; the filter sees the copy of the CPU it runs on. */
export interface PerCpuArray<V> extends IndexedMap<"perCpuArray", V> {}

/** What a map with keys is made of. */
export interface KeyedMapOptions<K, V> {
  /** The schema of a key. */
  readonly key: Schema<K>;
  /** The schema of a value. */
  readonly value: Schema<V>;
  /** The most entries it holds. */
  readonly maxEntries: number;
  /** `BPF_F_*` flags, such as 1 for BPF_F_NO_PREALLOC. */
  readonly flags?: number;
}

/** What an array is made of. */
export interface IndexedMapOptions<V> {
  /** The schema of a value. */
  readonly value: Schema<V>;
  /** The number of entries. */
  readonly maxEntries: number;
  /** `BPF_F_*` flags. */
  readonly flags?: number;
}

const MAX_U32 = 0xffffffff;

function unavailable(operation: string): () => never {
  return () => {
    throw new Error(
      `${operation}() on a map only works in the kernel or the simulator: load the filter to use its maps`,
    );
  };
}

interface Options {
  readonly key: Schema<unknown>;
  readonly value: Schema<unknown>;
  readonly maxEntries: number;
  readonly flags?: number;
}

function defineMap<M>(type: MapTypeName, options: Options, operations: readonly string[]): M {
  const { key, value, maxEntries, flags = 0 } = options;
  addressableLayout(key, "The key of a map");
  addressableLayout(value, "The value of a map");
  checkInteger(maxEntries, 1, MAX_U32, "The maxEntries of a map");
  checkInteger(flags, 0, MAX_U32, "The flags of a map");
  const methods = Object.fromEntries(operations.map((operation) => [operation, unavailable(operation)]));
  return Object.freeze({ kind: "map", type, key, value, maxEntries, flags, ...methods }) as M;
}

const keyed = ["get", "has", "set", "delete"];
const indexed = ["get", "has", "set"];

/** A hash table: `hashMap({ key: u32be, value: u64, maxEntries: 1024 })`. */
export function hashMap<K, V>(options: KeyedMapOptions<K, V>): HashMap<K, V> {
  return defineMap("hash", options, keyed);
}

/** A hash table that drops least recently used entries when full. */
export function lruHashMap<K, V>(options: KeyedMapOptions<K, V>): LruHashMap<K, V> {
  return defineMap("lruHash", options, keyed);
}

/** An array: `arrayMap({ value: Config, maxEntries: 1 })`. */
export function arrayMap<V>(options: IndexedMapOptions<V>): ArrayMap<V> {
  return defineMap("array", { ...options, key: u32 }, indexed);
}

/** An array with a copy of every value for each CPU, so that counters need no atomics. */
export function perCpuArray<V>(options: IndexedMapOptions<V>): PerCpuArray<V> {
  return defineMap("perCpuArray", { ...options, key: u32 }, indexed);
}

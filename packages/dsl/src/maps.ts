// Maps: shared memory of filters and user space. A map in plain JavaScript is its description, which loaders and tests
// read; its operations need the kernel or the simulator and throw here.
// The operations are the kernel's helpers bpf_map_{lookup,update,delete}_elem.
import { lockProblem, type MapTypeName, type MapTypeRow, mapTypes } from "@typebpf/abi";
import { addressableLayout, checkInteger } from "./define.ts";
import { type Prefix, type PrefixInit, prefixSchema } from "./prefix-key.ts";
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

/** A map with keys of any kind; `Key` is what may stand for one. */
export interface KeyedMap<Type extends string, K, V, Key = Init<K>> extends MapDescription<Type, K, V> {
  /** The value at `key`, to read and write in place; undefined if there is none. */
  get(key: Key): RefTo<V> | undefined;
  /** Whether there is a value at `key`. */
  has(key: Key): boolean;
  /** Stores a copy of `value`. Gives 0, or a negative errno: E2BIG (−7) if full, EEXIST, ENOENT by `flags`. */
  set(key: Key, value: Init<V>, flags?: MapUpdate): number;
  /** Removes the entry. Gives 0, or ENOENT (−2) if there is none. */
  delete(key: Key): number;
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

/** A map whose entries can be visited one after another. */
export interface WalkedMap<K, V> {
  /**
   * Calls `body` with each entry, or until it returns `false`; gives how often. Keys are read only, values are read and written
   * in place; entries may be deleted meanwhile, and what is added may be visited or not (Linux 5.13).
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a body may return nothing at all
  forEach(body: (key: K, value: RefTo<V>) => boolean | void): number;
}

/** A map with a copy of every value for each CPU; the filter sees the copy of the CPU it runs on, and can ask for others. */
export interface CopiedMap<K, V> {
  /** The copy of CPU `cpu` under `key`; undefined where there is no entry, or no such CPU (Linux 5.19). */
  getPerCpu(key: K, cpu: u32): RefTo<V> | undefined;
}

/** A hash table. When full, `set` of a new key fails. */
export interface HashMap<K, V> extends KeyedMap<"hash", K, V>, WalkedMap<K, V> {}
/** A hash table that drops least recently used entries when full. */
export interface LruHashMap<K, V> extends KeyedMap<"lruHash", K, V>, WalkedMap<K, V> {}
/** A hash table with a copy of every value for each CPU; the filter sees the copy of the CPU it runs on. */
export interface PerCpuHashMap<K, V> extends KeyedMap<"perCpuHash", K, V>, WalkedMap<K, V>, CopiedMap<Init<K>, V> {}
/** A hash table with a copy of every value for each CPU that drops least recently used entries when full. */
export interface LruPerCpuHashMap<K, V>
  extends KeyedMap<"lruPerCpuHash", K, V>,
    WalkedMap<K, V>,
    CopiedMap<Init<K>, V> {}
/**
 * A trie of address prefixes. `get` and `has` find the longest prefix that matches and is no longer than the key's;
 * `set` and `delete` mean exactly the key's. `set` gives ENOSPC (−28) if full; `set` and `delete` give EINVAL (−22) for
 * a prefix that is longer than the address, with which `get` and `has` find nothing.
 */
export interface LpmTrie<K, V> extends KeyedMap<"lpmTrie", Prefix<K>, V, PrefixInit<K>> {}
/** An array. */
export interface ArrayMap<V> extends IndexedMap<"array", V>, WalkedMap<u32, V> {}
/** An array with a copy of every value for each CPU; the filter sees the copy of the CPU it runs on. */
export interface PerCpuArray<V> extends IndexedMap<"perCpuArray", V>, WalkedMap<u32, V>, CopiedMap<u32, V> {}

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

/** What a trie of prefixes is made of. */
export interface LpmTrieOptions<K, V> {
  /** The schema of an address: `u32be`, `array(u8, 16)`, … */
  readonly key: Schema<K>;
  /** The schema of a value. */
  readonly value: Schema<V>;
  /** The most prefixes it holds. */
  readonly maxEntries: number;
  /** `BPF_F_*` flags; BPF_F_NO_PREALLOC, which tries need, is always among them. */
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

/** How a map is made, as its constructor passes it on. */
export interface MapOptions {
  readonly key: Schema<unknown>;
  readonly value: Schema<unknown>;
  readonly maxEntries: number;
  readonly flags?: number;
}

/** Key and value of maps of descriptors. */
export const descriptor: { readonly key: Schema<u32>; readonly value: Schema<u32> } = { key: u32, value: u32 };

/** The least `maxEntries` of a type, and the most. */
function entryLimits({ counts, holds }: MapTypeRow): readonly [least: number, most: number] {
  if (counts === "none") return [0, 0];
  // A perf event array without a size has an event for each CPU.
  return [holds === "perfEvent" ? 0 : 1, MAX_U32];
}

/** The description of a map of a type, with what else it says; its operations throw in plain JavaScript. */
export function defineMap<M>(
  type: MapTypeName,
  options: MapOptions,
  operations: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): M {
  const { key, value, maxEntries, flags: wanted = 0 } = options;
  const row: MapTypeRow = mapTypes[type];
  const { keys, requiredFlags = 0, refusedFlags = 0 } = row;
  if (keys !== "none") addressableLayout(key, "The key of a map");
  const problem = lockProblem(type, addressableLayout(value, "The value of a map"));
  if (problem !== undefined) throw new TypeError(`The value of a map cannot have ${problem}`);
  const [least, most] = entryLimits(row);
  checkInteger(maxEntries, least, most, "The maxEntries of a map");
  checkInteger(wanted, 0, MAX_U32, "The flags of a map");
  if ((wanted & refusedFlags) !== 0) {
    throw new TypeError(`The flags of this map cannot have ${(wanted & refusedFlags) >>> 0}: the kernel refuses it`);
  }
  const flags = (wanted | requiredFlags) >>> 0;
  const methods = Object.fromEntries(operations.map((operation) => [operation, unavailable(operation)]));
  return Object.freeze({ kind: "map", type, key, value, maxEntries, flags, ...more, ...methods }) as M;
}

const keyed = ["get", "has", "set", "delete"];
const hashed = [...keyed, "forEach"];
const indexed = ["get", "has", "set", "forEach"];

/** A hash table: `hashMap({ key: u32be, value: u64, maxEntries: 1024 })`. */
export function hashMap<K, V>(options: KeyedMapOptions<K, V>): HashMap<K, V> {
  return defineMap("hash", options, hashed);
}

/** A hash table that drops least recently used entries when full. */
export function lruHashMap<K, V>(options: KeyedMapOptions<K, V>): LruHashMap<K, V> {
  return defineMap("lruHash", options, hashed);
}

/** A hash table with a copy of every value for each CPU, so that counters need no atomics. */
export function perCpuHashMap<K, V>(options: KeyedMapOptions<K, V>): PerCpuHashMap<K, V> {
  return defineMap("perCpuHash", options, [...hashed, "getPerCpu"]);
}

/** A hash table with a copy of every value for each CPU that drops least recently used entries when full. */
export function lruPerCpuHashMap<K, V>(options: KeyedMapOptions<K, V>): LruPerCpuHashMap<K, V> {
  return defineMap("lruPerCpuHash", options, [...hashed, "getPerCpu"]);
}

/**
 * A trie of prefixes, for rules by network: `lpmTrie({ key: u32be, value: Rule, maxEntries: 1024 })`, then
 * `rules.get({ prefixLength: 32, address: ip.saddr })`.
 */
export function lpmTrie<K, V>(options: LpmTrieOptions<K, V>): LpmTrie<K, V> {
  return defineMap("lpmTrie", { ...options, key: prefixSchema(options.key) }, keyed);
}

/** An array: `arrayMap({ value: Config, maxEntries: 1 })`. */
export function arrayMap<V>(options: IndexedMapOptions<V>): ArrayMap<V> {
  return defineMap("array", { ...options, key: u32 }, indexed);
}

/** An array with a copy of every value for each CPU, so that counters need no atomics. */
export function perCpuArray<V>(options: IndexedMapOptions<V>): PerCpuArray<V> {
  return defineMap("perCpuArray", { ...options, key: u32 }, [...indexed, "getPerCpu"]);
}

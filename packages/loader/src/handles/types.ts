// Types of the handles, derived from a filter's module: `Loaded<typeof import("./firewall.bpf.ts")>`. Only types of the
// DSL are used; a map export carries the types of its key and value. Without a module, handles are untyped.
import type { MapTypeName, mapTypes, ProgramTypeName, programKinds, programTypes } from "@typebpf/abi";
import type { Configured, FixedArray, MapDescription, Prefix, Schema, SpinLock, u8 } from "@typebpf/dsl";
import type { AttachOptions, AttachOptionsByKind, AttachOptionsByType, SocketLike } from "../backend.ts";
import type { AddressPrefix } from "../prefix.ts";
import type { CpuMapHandle, DeviceMapHandle } from "./devices.ts";
import type { AnyGlobalHandle, ConfigHandle, GlobalHandle } from "./global.ts";
import type { AnyMapHandle, MapHandle, PerCpuMapHandle } from "./map.ts";
import type { MapOfMapsHandle } from "./map-of-maps.ts";
import type { PerfEventArrayHandle } from "./perf-event-array.ts";
import type { ProgramHandle } from "./program.ts";
import type { ProgramArrayHandle, SocketMapHandle, WriteOnlyArrayHandle } from "./references.ts";
import type { RingBufferHandle } from "./ring-buffer.ts";
import type { BloomFilterHandle, SequenceHandle } from "./sequences.ts";
import type { StackTraceHandle } from "./stack-trace.ts";
import type { StorageHandle, StorageOwners } from "./storage.ts";
import type { UserRingBufferHandle } from "./user-ring-buffer.ts";

/** What user space reads for a `T` of the DSL: byte arrays as Uint8Array, other arrays as arrays, structs as objects. */
export type Read<T> = T extends number
  ? number
  : T extends bigint
    ? bigint
    : [number, T] extends [keyof T, FixedArray<infer Item>]
      ? Item extends u8
        ? Uint8Array
        : Read<Item>[]
      : { -readonly [K in keyof T as T[K] extends SpinLock ? never : K]: Read<T[K]> };

/** What user space may write for a `T`: fields of structs and last items of arrays may be left out; they become zero. */
export type Write<T> = T extends number
  ? number
  : T extends bigint
    ? bigint
    : [number, T] extends [keyof T, FixedArray<infer Item>]
      ? readonly Write<Item>[] | (Item extends u8 ? Uint8Array : never)
      : { readonly [K in keyof T as T[K] extends SpinLock ? never : K]?: Write<T[K]> };

/** Map types whose row says so. */
type TypesWhere<Row> = { [T in MapTypeName]: (typeof mapTypes)[T] extends Row ? T : never }[MapTypeName];
/** Map types whose entries always exist. */
type Indexed = TypesWhere<{ readonly keys: "index" }>;
/** Map types whose keys are prefixes. */
type Prefixed = TypesWhere<{ readonly keys: "prefix" }>;
/** Map types with one value per CPU. */
type PerCpu = TypesWhere<{ readonly perCpu: true }>;

/** What user space may give as a key: as any value, but a prefix is whole. */
type WriteKey<Type, K> = Type extends Prefixed
  ? K extends Prefix<infer A>
    ? AddressPrefix<Write<A>>
    : never
  : Write<K>;

/** What filters write into a perf event array. */
type RecordOf<M> = M extends { readonly record: Schema<infer R> } ? Read<R> : Uint8Array;

/** The handle of the maps in a map of maps. */
type InnerOf<M> = M extends { readonly inner: infer Inner extends { readonly kind: "map" } }
  ? HandleOfMap<Inner>
  : AnyMapHandle;

/** Handles of the map types that have operations of their own. */
interface OwnHandles<M, Type, K, V> {
  readonly ringBuffer: RingBufferHandle<Read<V>>;
  readonly userRingBuffer: UserRingBufferHandle<Write<V>>;
  readonly queue: SequenceHandle<Read<V>, Write<V>>;
  readonly stack: SequenceHandle<Read<V>, Write<V>>;
  readonly bloomFilter: BloomFilterHandle<Write<V>>;
  readonly stackTrace: StackTraceHandle;
  readonly progArray: ProgramArrayHandle;
  readonly perfEventArray: PerfEventArrayHandle<RecordOf<M>>;
  readonly cgroupArray: WriteOnlyArrayHandle<string | number>;
  readonly arrayOfMaps: MapOfMapsHandle<number, number, InnerOf<M>>;
  readonly hashOfMaps: MapOfMapsHandle<Read<K>, WriteKey<Type, K>, InnerOf<M>>;
  readonly devMap: DeviceMapHandle;
  readonly devMapHash: DeviceMapHandle;
  readonly cpuMap: CpuMapHandle;
  readonly xskMap: WriteOnlyArrayHandle<SocketLike>;
  readonly sockMap: SocketMapHandle<number, number>;
  readonly sockHash: SocketMapHandle<Read<K>, WriteKey<Type, K>>;
  readonly reusePortSockArray: SocketMapHandle<number, number>;
  readonly skStorage: StorageHandle<StorageOwners["skStorage"], Read<V>, Write<V>>;
  readonly taskStorage: StorageHandle<StorageOwners["taskStorage"], Read<V>, Write<V>>;
  readonly inodeStorage: StorageHandle<StorageOwners["inodeStorage"], Read<V>, Write<V>>;
  readonly cgroupStorage: StorageHandle<StorageOwners["cgroupStorage"], Read<V>, Write<V>>;
  readonly deprecatedCgroupStorage: Omit<MapHandle<Read<K>, WriteKey<Type, K>, Read<V>, Write<V>>, "delete" | "clear">;
  readonly deprecatedPerCpuCgroupStorage: Omit<
    PerCpuMapHandle<Read<K>, WriteKey<Type, K>, Read<V>, Write<V>>,
    "delete" | "clear"
  >;
}

/** The handle of a map export. */
export type HandleOfMap<M> =
  M extends MapDescription<infer Type, infer K, infer V>
    ? Type extends keyof OwnHandles<M, Type, K, V>
      ? OwnHandles<M, Type, K, V>[Type]
      : Type extends PerCpu
        ? Omit<PerCpuMapHandle<Read<K>, WriteKey<Type, K>, Read<V>, Write<V>>, Type extends Indexed ? "delete" : never>
        : Omit<MapHandle<Read<K>, WriteKey<Type, K>, Read<V>, Write<V>>, Type extends Indexed ? "delete" : never>
    : never;

/** The type of programs that a constructor makes. */
type TypeOf<Kind> = Kind extends keyof typeof programKinds ? (typeof programKinds)[Kind]["type"] : ProgramTypeName;

/** Names of the verdicts of a kind of program. */
export type ActionOf<Kind> = Extract<keyof (typeof programTypes)[TypeOf<Kind>]["actions"], string>;

/** Where a program of this kind can be attached. */
export type AttachOptionsOf<Kind> = Kind extends keyof AttachOptionsByKind
  ? AttachOptionsByKind[Kind]
  : TypeOf<Kind> extends keyof AttachOptionsByType
    ? AttachOptionsByType[TypeOf<Kind>]
    : AttachOptions;

/** The handle of a program export. */
export type HandleOfProgram<P> = P extends { readonly kind: infer Kind }
  ? ProgramHandle<ActionOf<Kind>, AttachOptionsOf<Kind>>
  : never;

/** What a module must be: exports by name. */
export type Module = object;

/** Handles of the maps that a module exports. */
export type MapsOf<M> = string extends keyof M
  ? { readonly [name: string]: AnyMapHandle }
  : { readonly [K in keyof M as M[K] extends { readonly kind: "map" } ? K : never]: HandleOfMap<M[K]> };

/** Handles of the programs that a module exports. */
export type ProgramsOf<M> = string extends keyof M
  ? { readonly [name: string]: ProgramHandle }
  : { readonly [K in keyof M as M[K] extends { readonly filter: unknown } ? K : never]: HandleOfProgram<M[K]> };

type Writable<T> = { -readonly [K in keyof T]: T[K] };
/** True where no member is read-only: values of schemas, but not constant tables. */
type IsWritable<T> = (<G>() => G extends T ? 1 : 2) extends <G>() => G extends Writable<T> ? 1 : 2 ? true : false;

/** Exports that may be global variables: integers that are no literals, and values of schemas. */
type IsGlobal<T> = T extends number
  ? number extends T
    ? true
    : false
  : T extends bigint
    ? bigint extends T
      ? true
      : false
    : T extends string | boolean | ((...args: never) => unknown) | { readonly kind: unknown }
      ? false
      : [number, T] extends [keyof T, FixedArray<unknown>]
        ? T extends readonly unknown[]
          ? false
          : true
        : T extends object
          ? IsWritable<T>
          : false;

/** The values of a `config` without its mark. */
type Settings<T> = T extends number
  ? number
  : T extends bigint
    ? bigint
    : { [K in keyof T as K extends string ? K : never]: T[K] };

/** Handles of the globals that a module exports, and of what it declares by `config`. */
export type GlobalsOf<M> = string extends keyof M
  ? { readonly [name: string]: AnyGlobalHandle }
  : {
      readonly [K in keyof M as M[K] extends Configured
        ? K
        : IsGlobal<M[K]> extends true
          ? K
          : never]: M[K] extends Configured
        ? ConfigHandle<Read<Settings<M[K]>>>
        : GlobalHandle<Read<M[K]>, Write<M[K]>>;
    };

/** What `load` takes for what a module declares by `config`. */
export type ConfigOf<M> = string extends keyof M
  ? Readonly<Record<string, unknown>>
  : { readonly [K in keyof M as M[K] extends Configured ? K : never]?: Write<Settings<M[K]>> };

// What the author of a filter imports from @typebpf/dsl: types and the plain-JavaScript half of the language.
// Editors and the compiler read the flat declarations in types/, generated from these sources.
export {
  Flow,
  type FlowAction,
  LWT,
  type LwtAction,
  NF,
  type NfAction,
  SK,
  type SkAction,
  TC,
  type TcAction,
  XDP,
  type XdpAction,
} from "./actions.ts";
export { ipv4, ipv6, mac } from "./addresses.ts";
export { type ArraySchema, array } from "./array.ts";
export {
  type AtomicField,
  atomicAdd,
  atomicAnd,
  atomicCompareExchange,
  atomicExchange,
  atomicOr,
  atomicXor,
} from "./atomics.ts";
export { bits } from "./bits.ts";
export { type ByteSource, bytesEqual, copy, startsWith, view } from "./bytes.ts";
export { DeviceAccess, DeviceType, SockOps, SockOpsFlags, TcpState } from "./cgroup.ts";
export { type Config, type Configured, config } from "./config.ts";
export type * from "./contexts.generated.ts";
export type { EventText } from "./event-text.ts";
export {
  AdjustRoom,
  CsumLevel,
  CsumReplace,
  FibLookupFlags,
  FibLookupResult,
  HeaderStart,
  LwtEncap,
  Redirect,
  StackFlags,
  StoreBytes,
  TunnelKeyFlags,
} from "./flags.ts";
export { loop, noinline } from "./functions.ts";
export {
  type CgroupArray,
  type CgroupArrayOptions,
  type CgroupStorageKey,
  cgroupArray,
  type DeprecatedCgroupStorage,
  type DeprecatedPerCpuCgroupStorage,
  deprecatedCgroupStorage,
  deprecatedPerCpuCgroupStorage,
  type OlderCgroupStorage,
  type SkStorage,
  StackId,
  type StackTraceMap,
  type StackTraceOptions,
  type StorageOptions,
  skStorage,
  stackTrace,
  type TaskStorage,
  taskStorage,
} from "./kernel-maps.ts";
export {
  type AnyMap,
  type ArrayOfMaps,
  type ArrayOfMapsOptions,
  arrayOfMaps,
  type HashOfMaps,
  type HashOfMapsOptions,
  hashOfMaps,
  type MapOfMaps,
} from "./map-of-maps.ts";
export {
  type ArrayMap,
  arrayMap,
  type HashMap,
  hashMap,
  type IndexedMap,
  type IndexedMapOptions,
  type KeyedMap,
  type KeyedMapOptions,
  type LpmTrie,
  type LpmTrieOptions,
  type LruHashMap,
  type LruPerCpuHashMap,
  lpmTrie,
  lruHashMap,
  lruPerCpuHashMap,
  type MapDescription,
  MapUpdate,
  type PerCpuArray,
  type PerCpuHashMap,
  perCpuArray,
  perCpuHashMap,
} from "./maps.ts";
export type { Packet, ReadonlyPacket } from "./packet.ts";
export { type PerfEventArray, type PerfEventArrayOptions, PerfOutput, perfEventArray } from "./perf-event-array.ts";
export type { Prefix, PrefixInit } from "./prefix-key.ts";
export { type AnyProgram, type ProgArray, type ProgArrayOptions, type ProgramTable, progArray } from "./prog-array.ts";
export type { FragsOptions, Program, SleepableOptions } from "./program.ts";
export * from "./programs.generated.ts";
export { range } from "./range.ts";
export {
  type CpuEntry,
  type CpuMap,
  cpuMap,
  type DeviceEntry,
  type DevMap,
  type DevMapHash,
  devMap,
  devMapHash,
  RedirectMap,
  type RedirectMapOptions,
  type RedirectTarget,
  type XskMap,
  xskMap,
} from "./redirect-maps.ts";
export {
  type RecordOperations,
  type Releasable,
  type ReservedRecord,
  type RingBuffer,
  RingBufferFlags,
  type RingBufferOptions,
  RingBufferQuery,
  ringBuffer,
} from "./ring-buffer.ts";
export { i8, i16, i32, i64, type Scalar, u8, u16, u16be, u32, u32be, u64, u64be } from "./scalars.ts";
export type {
  BitField,
  FixedArray,
  Infer,
  Init,
  Member,
  ReadonlyItems,
  Ref,
  RefTo,
  ScalarRef,
  Schema,
} from "./schema.ts";
export {
  type BloomFilter,
  type BloomFilterOptions,
  bloomFilter,
  Push,
  type QueueMap,
  queue,
  type SequenceMap,
  type SequenceOptions,
  type StackMap,
  stack,
} from "./sequences.ts";
export { offsetOf, sizeOf } from "./sizes.ts";
export {
  RedirectSocket,
  type ReusePortSockArray,
  reusePortSockArray,
  type SocketMap,
  type SockHash,
  type SockHashOptions,
  type SockMap,
  type SockMapOptions,
  sockHash,
  sockMap,
} from "./socket-maps.ts";
export type { Socket, SocketCommon, TcpSocket } from "./sockets.ts";
export { type SpinLock, spinLock } from "./spin-lock.ts";
export { type StructSchema, struct, union } from "./struct.ts";
export { type TraceValue, trace } from "./trace.ts";
export { type UserRingBuffer, userRingBuffer } from "./user-ring-buffer.ts";

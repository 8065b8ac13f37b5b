// One row per map type: the handle that user space has of it. A type without a row does not compile.
import type { MapTypeName } from "@typebpf/abi";
import type { BackendMap } from "../backend.ts";
import { CpusHandle, DevicesHandle } from "./devices.ts";
import { type AnyMapHandle, EntriesHandle } from "./map.ts";
import { MapsHandle } from "./map-of-maps.ts";
import { PerfEventsHandle } from "./perf-event-array.ts";
import { ObjectsHandle, WriteOnlyHandle } from "./references.ts";
import { RecordsHandle } from "./ring-buffer.ts";
import { BloomHandle, ValuesHandle } from "./sequences.ts";
import { StacksHandle } from "./stack-trace.ts";
import { OwnedHandle } from "./storage.ts";
import { UserRingHandle } from "./user-ring-buffer.ts";

type Maker = (raw: BackendMap) => AnyMapHandle;

const entries: Maker = (raw) => new EntriesHandle(raw);
const objects: Maker = (raw) => new ObjectsHandle(raw);
const writeOnly: Maker = (raw) => new WriteOnlyHandle(raw);
const maps: Maker = (raw) => new MapsHandle(raw, mapHandle);
const devices: Maker = (raw) => new DevicesHandle(raw);
const values: Maker = (raw) => new ValuesHandle(raw);
const owned: Maker = (raw) => new OwnedHandle(raw);

const makers: { readonly [T in MapTypeName]: Maker } = {
  hash: entries,
  lruHash: entries,
  perCpuHash: entries,
  lruPerCpuHash: entries,
  lpmTrie: entries,
  array: entries,
  perCpuArray: entries,
  stackTrace: (raw) => new StacksHandle(raw),
  ringBuffer: (raw) => new RecordsHandle(raw),
  userRingBuffer: (raw) => new UserRingHandle(raw),
  queue: values,
  stack: values,
  bloomFilter: (raw) => new BloomHandle(raw),
  arena: entries,
  progArray: objects,
  perfEventArray: (raw) => new PerfEventsHandle(raw),
  cgroupArray: writeOnly,
  arrayOfMaps: maps,
  hashOfMaps: maps,
  devMap: devices,
  devMapHash: devices,
  cpuMap: (raw) => new CpusHandle(raw),
  xskMap: writeOnly,
  sockMap: objects,
  sockHash: objects,
  reusePortSockArray: objects,
  skStorage: owned,
  inodeStorage: owned,
  taskStorage: owned,
  cgroupStorage: owned,
  deprecatedCgroupStorage: entries,
  deprecatedPerCpuCgroupStorage: entries,
  structOps: entries,
};

/** The handle of a map of either back end; `load` gives it the types of the module. */
export function mapHandle(raw: BackendMap): AnyMapHandle {
  return makers[raw.spec.type](raw);
}

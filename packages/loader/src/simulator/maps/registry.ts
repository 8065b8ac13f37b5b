// One row per map type: how the simulator makes it. A type without a row does not compile.
import type { MapSpec, MapTypeName } from "@typebpf/abi";
import { Fault } from "../fault.ts";
import type { Memory } from "../memory.ts";
import { ArrayMap } from "./array.ts";
import { BloomFilter } from "./bloom-filter.ts";
import { HashMap } from "./hash.ts";
import { LpmTrie } from "./lpm-trie.ts";
import { LruHashMap } from "./lru-hash.ts";
import type { SimulatedMap } from "./map.ts";
import { MapOfMaps } from "./map-of-maps.ts";
import type { LoadedMap, Objects } from "./objects.ts";
import { PerCpuArray } from "./per-cpu-array.ts";
import { PerfEventArray } from "./perf-event-array.ts";
import { ReferenceMap } from "./reference-map.ts";
import { RingBuffer } from "./ring-buffer.ts";
import { SequenceMap } from "./sequence-map.ts";
import { Storage } from "./storage.ts";
import { UserRingBuffer } from "./user-ring-buffer.ts";

/** What maps need to know of the simulated machine. */
export interface Cpus {
  /** Possible CPUs. */
  readonly count: number;
  /** The one that runs programs. */
  readonly current: number;
}

/** What maps of references need beside that. */
export interface MapHost extends Cpus {
  readonly objects: Objects;
  /** Makes a map that programs of the object can reach. */
  readonly create: (spec: MapSpec) => LoadedMap;
}

/** How a map is made, or why not. */
type Maker = ((spec: MapSpec, memory: Memory, host: MapHost) => SimulatedMap) | { readonly unsimulated: string };

const references: Maker = (spec, _memory, { objects, count }) => new ReferenceMap(spec, objects, count);
const sequence: Maker = (spec) => new SequenceMap(spec);
const mapOfMaps: Maker = (spec, _memory, { objects, count, create }) => new MapOfMaps(spec, objects, count, create);

const storage: Maker = (spec, memory, { objects }) => new Storage(spec, memory, objects);

const makers: { readonly [T in MapTypeName]: Maker } = {
  hash: (spec, memory) => new HashMap(spec, memory),
  lruHash: (spec, memory) => new LruHashMap(spec, memory),
  perCpuHash: (spec, memory, cpus) => new HashMap(spec, memory, cpus.count, cpus.current),
  lruPerCpuHash: (spec, memory, cpus) => new LruHashMap(spec, memory, cpus.count, cpus.current),
  lpmTrie: (spec, memory) => new LpmTrie(spec, memory),
  array: (spec, memory) => new ArrayMap(spec, memory),
  perCpuArray: (spec, memory, cpus) => new PerCpuArray(spec, memory, cpus.count, cpus.current),
  ringBuffer: (spec, memory) => new RingBuffer(spec, memory),
  stackTrace: { unsimulated: "the simulator has no stacks of the kernel or of processes" },
  userRingBuffer: (spec) => new UserRingBuffer(spec),
  queue: sequence,
  stack: sequence,
  bloomFilter: (spec) => new BloomFilter(spec),
  arena: { unsimulated: "memory that is shared with pointers of the kernel's address space" },
  progArray: references,
  perfEventArray: (spec, _memory, { objects, count }) => new PerfEventArray(spec, objects, count),
  cgroupArray: references,
  arrayOfMaps: mapOfMaps,
  hashOfMaps: mapOfMaps,
  devMap: references,
  devMapHash: references,
  cpuMap: references,
  xskMap: references,
  sockMap: references,
  sockHash: references,
  reusePortSockArray: references,
  skStorage: storage,
  inodeStorage: storage,
  taskStorage: storage,
  cgroupStorage: storage,
  deprecatedCgroupStorage: { unsimulated: "values of control groups are not simulated yet" },
  deprecatedPerCpuCgroupStorage: { unsimulated: "values of control groups are not simulated yet" },
  structOps: { unsimulated: "functions that the kernel calls" },
};

/** Makes a map; throws a Fault where the simulator cannot. */
export function makeMap(spec: MapSpec, memory: Memory, host: MapHost): SimulatedMap {
  if (!Object.hasOwn(makers, spec.type)) {
    throw new Fault("unsimulatedMap", `map "${spec.name}" is a ${spec.type}, which the simulator does not know`);
  }
  const maker = makers[spec.type];
  if (typeof maker === "function") return maker(spec, memory, host);
  throw new Fault("unsimulatedMap", `map "${spec.name}" is a ${spec.type}: ${maker.unsimulated}`);
}

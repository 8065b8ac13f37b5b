// One row per map type: how the simulator makes it. A type without a row does not compile.
import type { MapSpec, MapTypeName } from "@typebpf/abi";
import { Fault } from "../fault.ts";
import type { Memory } from "../memory.ts";
import { ArrayMap } from "./array.ts";
import { HashMap } from "./hash.ts";
import { LpmTrie } from "./lpm-trie.ts";
import { LruHashMap } from "./lru-hash.ts";
import type { SimulatedMap } from "./map.ts";
import { PerCpuArray } from "./per-cpu-array.ts";
import { RingBuffer } from "./ring-buffer.ts";

/** What maps need to know of the simulated machine. */
export interface Cpus {
  /** Possible CPUs. */
  readonly count: number;
  /** The one that runs programs. */
  readonly current: number;
}

const makers: { readonly [T in MapTypeName]: (spec: MapSpec, memory: Memory, cpus: Cpus) => SimulatedMap } = {
  hash: (spec, memory) => new HashMap(spec, memory),
  lruHash: (spec, memory) => new LruHashMap(spec, memory),
  perCpuHash: (spec, memory, cpus) => new HashMap(spec, memory, cpus.count, cpus.current),
  lruPerCpuHash: (spec, memory, cpus) => new LruHashMap(spec, memory, cpus.count, cpus.current),
  lpmTrie: (spec, memory) => new LpmTrie(spec, memory),
  array: (spec, memory) => new ArrayMap(spec, memory),
  perCpuArray: (spec, memory, cpus) => new PerCpuArray(spec, memory, cpus.count, cpus.current),
  ringBuffer: (spec, memory) => new RingBuffer(spec, memory),
};

/** Makes a map; throws a Fault where the simulator cannot. */
export function makeMap(spec: MapSpec, memory: Memory, cpus: Cpus): SimulatedMap {
  if (!Object.hasOwn(makers, spec.type)) {
    throw new Fault("unsimulatedMap", `map "${spec.name}" is a ${spec.type}, which the simulator does not know`);
  }
  return makers[spec.type](spec, memory, cpus);
}

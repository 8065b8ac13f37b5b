// Meaning of each map type: one row. Numbers come from the snapshot of the kernel's header.
import type { StructLayout } from "../layout.ts";
import { uapi } from "./uapi.generated.ts";

/** What can be done with a map of this type, from the filter and from user space. */
export interface MapTypeRow {
  /** `BPF_MAP_TYPE_*` */
  readonly number: number;
  /** First kernel that has it. */
  readonly since: string;
  /**
   * Index keys are a native u32 below `maxEntries`; every entry always exists. Prefix keys are a native u32, the number
   * of bits that count, and an address of 1 to 256 bytes, its most significant bit first. Without keys there are no
   * entries, and the `key` of the map's description is `noKey`.
   */
  readonly keys: "any" | "index" | "prefix" | "none";
  /** One copy of each value per possible CPU; user space reads and writes them all, each rounded up to 8 bytes. */
  readonly perCpu: boolean;
  /**
   * Filters write records that user space reads in order. The kernel is told no size of a value; the map's `value` is the
   * layout of a record, and `maxEntries` the size of the ring in bytes: a power of two and a multiple of the page.
   */
  readonly records?: boolean;
  /** When full: refuse the new entry (E2BIG, a trie ENOSPC; a ring gives no record), or evict an old one. */
  readonly full: "refuse" | "evict" | "never";
  /** `BPF_F_*` flags without which the kernel does not create it; 0 where not given. */
  readonly requiredFlags?: number;
  /** `BPF_F_*` flags that other types have and with which the kernel does not create it; 0 where not given. */
  readonly refusedFlags?: number;
}

/** The `key` of maps without keys. */
export const noKey: StructLayout = { kind: "struct", name: "none", size: 0, align: 1, fields: [] };

/** The smallest page of any kernel, in bytes: rings are made of whole pages. */
export const pageBytes = 4096;

/** Whether a number of bytes can be the size of a ring: a power of two and whole pages. */
export function isRingSize(bytes: number): boolean {
  return Number.isInteger(bytes) && bytes >= pageBytes && bytes <= 2 ** 31 && Number.isInteger(Math.log2(bytes));
}

/** The size that libbpf makes of what an object asks for (adjust_ringbuf_sz): the next larger one that there can be. */
export function ringSizeFor(bytes: number): number {
  if (bytes === 0 || bytes > 2 ** 31 || isRingSize(bytes)) return bytes;
  return Math.max(pageBytes, 2 ** Math.ceil(Math.log2(bytes)));
}

/** `BPF_F_NO_PREALLOC`: entries are allocated when they are made. */
const NO_PREALLOC = 1;

/** `BPF_F_NUMA_NODE`: memory of a NUMA node that `BPF_MAP_CREATE` names. */
const NUMA_NODE = 4;

export const mapTypes = {
  hash: { number: uapi.mapType.HASH, since: "3.19", keys: "any", perCpu: false, full: "refuse" },
  lruHash: {
    number: uapi.mapType.LRU_HASH,
    since: "4.10",
    keys: "any",
    perCpu: false,
    full: "evict",
    refusedFlags: NO_PREALLOC,
  },
  perCpuHash: { number: uapi.mapType.PERCPU_HASH, since: "4.6", keys: "any", perCpu: true, full: "refuse" },
  lruPerCpuHash: {
    number: uapi.mapType.LRU_PERCPU_HASH,
    since: "4.10",
    keys: "any",
    perCpu: true,
    full: "evict",
    refusedFlags: NO_PREALLOC,
  },
  lpmTrie: {
    number: uapi.mapType.LPM_TRIE,
    since: "4.11",
    keys: "prefix",
    perCpu: false,
    full: "refuse",
    requiredFlags: NO_PREALLOC,
  },
  array: { number: uapi.mapType.ARRAY, since: "3.19", keys: "index", perCpu: false, full: "never" },
  perCpuArray: { number: uapi.mapType.PERCPU_ARRAY, since: "4.6", keys: "index", perCpu: true, full: "never" },
  ringBuffer: {
    number: uapi.mapType.RINGBUF,
    since: "5.8",
    keys: "none",
    perCpu: false,
    records: true,
    full: "refuse",
    refusedFlags: ~NUMA_NODE >>> 0,
  },
} as const satisfies Readonly<Record<string, MapTypeRow>>;

export type MapTypeName = keyof typeof mapTypes;

// The form of a map type's row: what its keys and values are, what user space stores in it and gets back, and which flags
// and sizes the kernel takes. From the *_alloc_check functions of the map types and map_create (kernel/bpf, Linux 6.12).
import type { uapi } from "../uapi.generated.ts";

/** What user space stores by a descriptor or number in a map of references, and the kernel keeps alive. */
export type MapReference =
  /** Descriptor of a program of the type that the map has had since it met its first. */
  | "program"
  /** Descriptor of a perf event. */
  | "perfEvent"
  /** Descriptor of a cgroup's directory. */
  | "cgroup"
  /** Descriptor of a map like the template. */
  | "map"
  /** Index of an interface, and perhaps the descriptor of an XDP program for it. */
  | "device"
  /** Length of the queue to a CPU, and perhaps the descriptor of an XDP program for it. */
  | "cpu"
  /** Descriptor of an AF_XDP socket. */
  | "xdpSocket"
  /** Descriptor of a TCP, UDP or unix socket. */
  | "socket";

/**
 * What user space can do with a map: read, write, remove and visit entries (`MAP_{LOOKUP,UPDATE,DELETE}_ELEM`,
 * `MAP_GET_NEXT_KEY`), do so without keys (`push`, `peek`, `pop`, `add`, `has`), read records or write them into a ring, or
 * share its memory.
 */
export type UserOperation =
  | "get"
  | "set"
  | "delete"
  | "walk"
  | "push"
  | "peek"
  | "pop"
  | "add"
  | "has"
  | "read"
  | "write"
  | "share";

/** What can be done with a map of this type, from the filter and from user space. */
export interface MapTypeRow {
  /** `BPF_MAP_TYPE_*` */
  readonly number: (typeof uapi.mapType)[keyof typeof uapi.mapType];
  /** First kernel that has it. */
  readonly since: string;
  /**
   * Index keys are a native u32 below `maxEntries`. Prefix keys are a native u32, the number of bits that count, and an
   * address of 1 to 256 bytes, its most significant bit first. Owner keys are descriptors (a native i32) in user space and
   * the thing itself in the filter. Without keys the `key` of the map's description is `noKey`.
   */
  readonly keys: "any" | "index" | "prefix" | "owner" | "none";
  /** One copy of each value per possible CPU; user space reads and writes them all, each rounded up to 8 bytes. */
  readonly perCpu: boolean;
  /**
   * A ring: one side writes records that the other reads in order. The kernel is told no size of a value; the map's `value`
   * is the layout of a record, and `maxEntries` the size of the ring in bytes: a power of two and a multiple of the page.
   */
  readonly records?: boolean;
  /** When full: refuse the new entry (E2BIG, a trie ENOSPC; a ring gives no record), or evict an old one. */
  readonly full: "refuse" | "evict" | "never";
  /** `BPF_F_*` flags without which the kernel does not create it; 0 where not given. */
  readonly requiredFlags?: number;
  /** `BPF_F_*` flags that other types have and with which the kernel does not create it; 0 where not given. */
  readonly refusedFlags?: number;
  /** The only sizes of a key, in bytes, where `keys` does not say. */
  readonly keySizes?: readonly number[];
  /** The only sizes of a value, in bytes; any where not given. */
  readonly valueSizes?: readonly number[];
  /** The size of a value is a multiple of this. */
  readonly valueMultiple?: number;
  /** What `maxEntries` counts: entries where not given. `none`: it is 0. */
  readonly counts?: "entries" | "bytes" | "pages" | "none";
  /** Absent where values are plain data. */
  readonly holds?: MapReference;
  /** What user space reads where it stored a descriptor; absent: what it stored, or nothing. */
  readonly reads?: "id" | "cookie";
  /** Maps made by a template: `MapSpec.inner`. */
  readonly inner?: true;
  /** The kernel refuses it without types of key and value, or with them; it takes both where not given. */
  readonly btf?: "required" | "refused";
  /** What `MapSpec.extra` is for. */
  readonly extra?: "hashFunctions" | "address";
  readonly user: readonly UserOperation[];
  /** Why the language has no constructor for it; absent where it has one. */
  readonly outside?: string;
}

/** `BPF_F_*` flags of `BPF_MAP_CREATE`. */
export const mapCreateFlags = {
  /** Entries are allocated when they are made. */
  NO_PREALLOC: 1,
  NO_COMMON_LRU: 2,
  /** Memory of a NUMA node that `BPF_MAP_CREATE` names. */
  NUMA_NODE: 4,
  /** User space only reads, or only writes. */
  RDONLY: 8,
  WRONLY: 16,
  STACK_BUILD_ID: 32,
  ZERO_SEED: 64,
  /** Programs only read, or only write. */
  RDONLY_PROG: 128,
  WRONLY_PROG: 256,
  /** New sockets of a listener get copies. */
  CLONE: 512,
  MMAPABLE: 1024,
  /** Events stay when who put them there closes the map. */
  PRESERVE_ELEMS: 2048,
  INNER_MAP: 4096,
} as const;

/** All flags but these. */
export function allFlagsBut(...allowed: readonly (keyof typeof mapCreateFlags)[]): number {
  return ~allowed.reduce((flags, name) => flags | mapCreateFlags[name], 0) >>> 0;
}

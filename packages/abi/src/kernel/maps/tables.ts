// Maps whose entries are plain data under a key: kernel/bpf/{hashtab,arraymap,lpm_trie,stackmap}.c (Linux 6.12).
import { uapi } from "../uapi.generated.ts";
import { allFlagsBut, type MapTypeRow, mapCreateFlags } from "./row.ts";

const keyed = ["get", "set", "delete", "walk"] as const;
/** Entries of arrays always exist. */
const indexed = ["get", "set", "walk"] as const;

/** Which side may do what. */
const access = ["RDONLY", "WRONLY", "RDONLY_PROG", "WRONLY_PROG"] as const;
const shared = [...access, "NUMA_NODE"] as const;
/** Values of each CPU lie in that CPU's node. */
const hashFlags = {
  one: allFlagsBut(...shared, "NO_PREALLOC", "ZERO_SEED"),
  perCpu: allFlagsBut(...access, "NO_PREALLOC", "ZERO_SEED"),
};
const lruFlags = {
  one: allFlagsBut(...shared, "NO_COMMON_LRU", "ZERO_SEED"),
  perCpu: allFlagsBut(...access, "NO_COMMON_LRU", "ZERO_SEED"),
};

export const tableMaps = {
  hash: {
    number: uapi.mapType.HASH,
    since: "3.19",
    keys: "any",
    perCpu: false,
    full: "refuse",
    refusedFlags: hashFlags.one,
    user: keyed,
  },
  lruHash: {
    number: uapi.mapType.LRU_HASH,
    since: "4.10",
    keys: "any",
    perCpu: false,
    full: "evict",
    refusedFlags: lruFlags.one,
    user: keyed,
  },
  perCpuHash: {
    number: uapi.mapType.PERCPU_HASH,
    since: "4.6",
    keys: "any",
    perCpu: true,
    full: "refuse",
    refusedFlags: hashFlags.perCpu,
    user: keyed,
  },
  lruPerCpuHash: {
    number: uapi.mapType.LRU_PERCPU_HASH,
    since: "4.10",
    keys: "any",
    perCpu: true,
    full: "evict",
    refusedFlags: lruFlags.perCpu,
    user: keyed,
  },
  lpmTrie: {
    number: uapi.mapType.LPM_TRIE,
    since: "4.11",
    keys: "prefix",
    perCpu: false,
    full: "refuse",
    requiredFlags: mapCreateFlags.NO_PREALLOC,
    refusedFlags: allFlagsBut(...shared, "NO_PREALLOC"),
    user: keyed,
  },
  array: {
    number: uapi.mapType.ARRAY,
    since: "3.19",
    keys: "index",
    perCpu: false,
    full: "never",
    refusedFlags: allFlagsBut(...shared, "MMAPABLE", "INNER_MAP"),
    user: indexed,
  },
  perCpuArray: {
    number: uapi.mapType.PERCPU_ARRAY,
    since: "4.6",
    keys: "index",
    perCpu: true,
    full: "never",
    refusedFlags: allFlagsBut(...access),
    user: indexed,
  },
  /** Stacks by the ids that `getStackId` gives; a value is the addresses, innermost first, zero behind the last. */
  stackTrace: {
    number: uapi.mapType.STACK_TRACE,
    since: "4.6",
    keys: "any",
    keySizes: [4],
    valueMultiple: 8,
    perCpu: false,
    full: "refuse",
    refusedFlags: allFlagsBut("NUMA_NODE", "RDONLY", "WRONLY", "STACK_BUILD_ID"),
    btf: "refused",
    user: ["get", "delete", "walk"],
  },
} as const satisfies Readonly<Record<string, MapTypeRow>>;

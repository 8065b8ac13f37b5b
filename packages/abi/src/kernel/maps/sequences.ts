// Maps without keys: rings of records, queues, stacks, sets that may err, shared memory.
// kernel/bpf/{ringbuf,queue_stack_maps,bloom_filter,arena}.c (Linux 6.12).
import { uapi } from "../uapi.generated.ts";
import { allFlagsBut, type MapTypeRow, mapCreateFlags } from "./row.ts";

const access = ["NUMA_NODE", "RDONLY", "WRONLY", "RDONLY_PROG", "WRONLY_PROG"] as const;

/** A push onto a full one with `BPF_EXIST` drops the oldest value. */
const sequence = {
  since: "4.20",
  keys: "none",
  perCpu: false,
  full: "refuse",
  refusedFlags: allFlagsBut(...access),
  btf: "refused",
  user: ["push", "peek", "pop"],
} as const;

export const sequenceMaps = {
  ringBuffer: {
    number: uapi.mapType.RINGBUF,
    since: "5.8",
    keys: "none",
    perCpu: false,
    records: true,
    counts: "bytes",
    full: "refuse",
    refusedFlags: allFlagsBut("NUMA_NODE"),
    btf: "refused",
    user: ["read"],
  },
  userRingBuffer: {
    number: uapi.mapType.USER_RINGBUF,
    since: "6.1",
    keys: "none",
    perCpu: false,
    records: true,
    counts: "bytes",
    full: "refuse",
    refusedFlags: allFlagsBut("NUMA_NODE"),
    btf: "refused",
    user: ["write"],
  },
  queue: { number: uapi.mapType.QUEUE, ...sequence },
  stack: { number: uapi.mapType.STACK, ...sequence },
  bloomFilter: {
    number: uapi.mapType.BLOOM_FILTER,
    since: "5.16",
    keys: "none",
    perCpu: false,
    full: "never",
    refusedFlags: allFlagsBut(...access, "ZERO_SEED"),
    btf: "refused",
    extra: "hashFunctions",
    user: ["add", "has"],
  },
  arena: {
    number: uapi.mapType.ARENA,
    since: "6.9",
    keys: "none",
    perCpu: false,
    counts: "pages",
    full: "refuse",
    requiredFlags: mapCreateFlags.MMAPABLE,
    btf: "refused",
    extra: "address",
    user: ["share"],
    outside:
      "an arena is memory that pointers into it share with user space (kfuncs, address space casts of LLVM); the language has no pointers that a program may keep in memory",
  },
} as const satisfies Readonly<Record<string, MapTypeRow>>;

// Queues and stacks, which hold values in order, and Bloom filters, which tell what they have never held. The operations are
// the kernel's helpers bpf_map_{push,pop,peek}_elem.
import { noKey } from "@typebpf/abi";
import { defineMap, type MapDescription } from "./maps.ts";
import type { Init, RefTo, Schema } from "./schema.ts";

/** How `push` treats a full queue or stack. */
export const Push = {
  /** Fail with E2BIG (−7). */
  ANY: 0,
  /** Drop the oldest value. */
  EXIST: 2,
} as const;
/** One of the values of the constant `Push`. */
export type Push = 0 | 2;

/** Values in order. */
export interface SequenceMap<Type extends string, V> extends MapDescription<Type, never, V> {
  /** Adds a copy of `value`. Gives 0, or E2BIG (−7) where it is full. `flags`: `Push`. */
  push(value: Init<V>, flags?: Push): number;
  /** Takes the next value out: a copy, or undefined where there is none. */
  pop(): RefTo<V> | undefined;
  /** A copy of the next value, which stays; undefined where there is none. */
  peek(): RefTo<V> | undefined;
}

/** Values that leave in the order in which they came. */
export interface QueueMap<V> extends SequenceMap<"queue", V> {}
/** Values of which the last to come is the first to leave. */
export interface StackMap<V> extends SequenceMap<"stack", V> {}

/** A set that may take what it has never held for a value of its own, but never the other way round. Nothing leaves it. */
export interface BloomFilter<V> extends MapDescription<"bloomFilter", never, V> {
  /** Adds a value. Gives 0. */
  add(value: Init<V>): number;
  /** False only where the value was never added. */
  has(value: Init<V>): boolean;
}

/** What a queue or stack is made of. */
export interface SequenceOptions<V> {
  /** The schema of a value. */
  readonly value: Schema<V>;
  /** The most values it holds. */
  readonly maxEntries: number;
  /** `BPF_F_*` flags. */
  readonly flags?: number;
}

/** What a Bloom filter is made of. */
export interface BloomFilterOptions<V> extends SequenceOptions<V> {
  /** The number of values that it is made for: with more, it takes more and more for its own. */
  readonly maxEntries: number;
  /** How many bits each value sets, 1 to 15; 5 where it is left out. */
  readonly hashes?: number;
}

const none: Schema<never> = Object.freeze({ size: 0, align: 1, layout: noKey }) as Schema<never>;
const operations = ["push", "pop", "peek"];

/** A queue: `queue({ value: Job, maxEntries: 64 })`. Since Linux 4.20. */
export function queue<V>(options: SequenceOptions<V>): QueueMap<V> {
  return defineMap("queue", { ...options, key: none }, operations);
}

/** A stack: `stack({ value: u32, maxEntries: 64 })`. Since Linux 4.20. */
export function stack<V>(options: SequenceOptions<V>): StackMap<V> {
  return defineMap("stack", { ...options, key: none }, operations);
}

/** A Bloom filter: `bloomFilter({ value: u32be, maxEntries: 10_000 })`. Since Linux 5.16. */
export function bloomFilter<V>(options: BloomFilterOptions<V>): BloomFilter<V> {
  const { hashes = 0, ...rest } = options;
  if (!Number.isInteger(hashes) || hashes < 0 || hashes > 15)
    throw new RangeError(`A Bloom filter has 1 to 15 hashes, not ${hashes}`);
  return defineMap("bloomFilter", { ...rest, key: none }, ["add", "has"], hashes === 0 ? {} : { extra: hashes });
}

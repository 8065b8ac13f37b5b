// Ring buffers: records that filters write and user space reads once, in order. A reserved record is written in place;
// `using` gives it back on every path, since the kernel refuses a program that may end with one.
// The operations are the kernel's helpers bpf_ringbuf_{reserve,submit,discard,output,query}.
import { isRingSize, noKey, pageBytes } from "@typebpf/abi";
import { addressableLayout } from "./define.ts";
import { defineMap, type MapDescription } from "./maps.ts";
import type { u64 } from "./scalars.ts";
import type { Init, RefTo, Schema } from "./schema.ts";

/** Whether user space that waits for records is woken. */
export const RingBufferFlags = {
  /** Wake nobody. */
  NO_WAKEUP: 1,
  /** Wake even who has not read all records before this one. */
  FORCE_WAKEUP: 2,
} as const;

/** What `query` tells of a ring buffer, in bytes. */
export const RingBufferQuery = {
  /** What user space has not read yet. */
  AVAIL_DATA: 0,
  /** The size of the ring. */
  RING_SIZE: 1,
  /** What user space has read since the beginning. */
  CONS_POS: 2,
  /** What filters have written since the beginning. */
  PROD_POS: 3,
} as const;
/** One of the values of the constant `RingBufferQuery`. */
export type RingBufferQuery = 0 | 1 | 2 | 3;

/** `Symbol.dispose`, where the library has it. */
type DisposeKey = SymbolConstructor extends { readonly dispose: infer Key extends symbol } ? Key : never;

/** What `using` asks for: what it declares is given back at the end of its scope. */
export type Releasable = { [Key in DisposeKey]: () => void };

/** What can be done with a reserved record as a whole. */
export interface RecordOperations {
  /** Hands the record to user space. It cannot be used after that. `flags`: `RingBufferFlags`. */
  submit(flags?: number): void;
  /** Gives the record up: user space never sees it. It cannot be used after that. `flags`: `RingBufferFlags`. */
  discard(flags?: number): void;
}

/** A record in the ring, to be written in place: zero at first, discarded when its scope ends without a submit. */
export type ReservedRecord<V> = RefTo<V> & RecordOperations & Releasable;

/** A ring of records. It has no keys; `maxEntries` is its size in bytes. */
export interface RingBuffer<V> extends MapDescription<"ringBuffer", never, V> {
  /**
   * A record to be written in place; undefined if the ring is full. Written as
   * `using event = events.reserve(); if (!event) return …;`. The kernel knows no flags.
   */
  reserve(flags?: 0): ReservedRecord<V> | undefined;
  /** Hands a copy of `value` to user space. Gives 0, or EAGAIN (−11) if the ring is full. `flags`: `RingBufferFlags`. */
  output(value: Init<V>, flags?: number): number;
  /** A size or position of the ring in bytes. */
  query(what: RingBufferQuery): u64;
}

/** What a ring buffer is made of. */
export interface RingBufferOptions<V> {
  /** The schema of a record. */
  readonly value: Schema<V>;
  /** The size of the ring in bytes, 8 for each record included: a power of two, and whole pages of 4096 bytes. */
  readonly maxEntries: number;
  /** `BPF_F_*` flags. */
  readonly flags?: number;
}

const none: Schema<never> = Object.freeze({ size: 0, align: 1, layout: noKey }) as Schema<never>;

/** Bytes before each record in the ring. */
const HEADER_BYTES = 8;

/** A ring buffer: `ringBuffer({ value: Event, maxEntries: 64 * 4096 })`. */
export function ringBuffer<V>(options: RingBufferOptions<V>): RingBuffer<V> {
  const { value, maxEntries } = options;
  const layout = addressableLayout(value, "The value of a map");
  if (!isRingSize(maxEntries)) {
    throw new RangeError(
      `The maxEntries of a ring buffer is its size in bytes, a power of two from ${pageBytes} to 2147483648, but it is ${maxEntries}`,
    );
  }
  if (layout.size + HEADER_BYTES >= maxEntries) {
    throw new RangeError(`A record of ${layout.size} bytes never fits into a ring buffer of ${maxEntries} bytes`);
  }
  const taken = layout.kind === "struct" ? layout.fields.find(({ name }) => isOperation(name)) : undefined;
  if (taken)
    throw new TypeError(`A record cannot have a field ${taken.name}: reserved records have a method of that name`);
  return defineMap("ringBuffer", { ...options, key: none }, ["reserve", "output", "query"]);
}

function isOperation(name: string): boolean {
  return name === "submit" || name === "discard";
}

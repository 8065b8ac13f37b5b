// User ring buffers: records that user space writes and filters take, in order. The operation is the kernel's helper
// bpf_user_ringbuf_drain (kernel/bpf/ringbuf.c, Linux 6.1), which calls a function with each record.
import { isRingSize, noKey, pageBytes } from "@typebpf/abi";
import { addressableLayout } from "./define.ts";
import { defineMap, type MapDescription } from "./maps.ts";
import type { RingBufferOptions } from "./ring-buffer.ts";
import type { RefTo, Schema } from "./schema.ts";

/** A ring of records that user space writes. It has no keys; `maxEntries` is its size in bytes. */
export interface UserRingBuffer<V> extends MapDescription<"userRingBuffer", never, V> {
  /**
   * Takes the records out of the ring and calls `body`, a function literal, with a copy of each; `return false` ends that. Gives how many
   * were taken, 131072 at most, or a negative errno: EBUSY (−16) where another program drains the ring. A record that is shorter than
   * the schema is taken without a call.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a body that returns nothing goes on
  drain(body: (record: RefTo<V>) => boolean | void): number;
}

const none: Schema<never> = Object.freeze({ size: 0, align: 1, layout: noKey }) as Schema<never>;

/** A user ring buffer: `userRingBuffer({ value: Command, maxEntries: 4096 })`. Since Linux 6.1. */
export function userRingBuffer<V>(options: RingBufferOptions<V>): UserRingBuffer<V> {
  const { value, maxEntries } = options;
  const layout = addressableLayout(value, "The value of a map");
  if (!isRingSize(maxEntries)) {
    throw new RangeError(
      `The maxEntries of a user ring buffer is its size in bytes, a power of two from ${pageBytes} to 2147483648, but it is ${maxEntries}`,
    );
  }
  if (layout.size + 8 > maxEntries) {
    throw new RangeError(`A record of ${layout.size} bytes never fits into a ring buffer of ${maxEntries} bytes`);
  }
  return defineMap("userRingBuffer", { ...options, key: none }, ["drain"]);
}

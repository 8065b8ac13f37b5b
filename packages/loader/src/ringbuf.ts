// Records of a ring buffer as an async iterator, the same on both back ends. A batch is taken only when the one before has
// been used up: who reads slowly leaves records in the ring, and a filter finds it full, as the kernel intends.
import type { BackendRingBuffer } from "./backend.ts";

/** How many records are copied out of the ring at once. */
const batchSize = 256;
/** Records that filters submit with NO_WAKEUP wake nobody, so the ring is looked at this often anyway. */
const lookMs = 100;

/** Waits until other work has had its turn; nothing of Node's, since the simulator runs in browsers. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/**
 * What `take` gives of a reader, as it comes, until the reader is closed; leaving the loop closes it. Between batches other
 * work of the process has its turn.
 */
export async function* followed<T>(
  reader: Pick<BackendRingBuffer, "closed" | "wait" | "close">,
  take: (limit: number) => readonly T[],
): AsyncGenerator<T, void, undefined> {
  try {
    while (!reader.closed) {
      const batch = take(batchSize);
      yield* batch;
      if (batch.length === 0) await reader.wait(lookMs);
      else await turn();
    }
  } finally {
    reader.close();
  }
}

/** All records of a ring buffer, as they come, until the reader is closed; leaving the loop closes it. */
export function records(ring: BackendRingBuffer): AsyncGenerator<Uint8Array, void, undefined> {
  return followed(ring, (limit) => ring.consume(limit));
}

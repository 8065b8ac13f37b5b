// The reader of a simulated ring buffer: takes finished records in order, waits for more.
import type { BackendRingBuffer } from "../../backend.ts";
import { loaderError } from "../../diagnostics.ts";

/** The ring as its reader sees it. */
export interface ReadableRing {
  /** The next finished record that was not discarded, taken out of the ring; undefined where there is none. */
  next(): Uint8Array | undefined;
  /** Whether `next` has something to give. */
  readonly isReadable: boolean;
  /** Called once, when the reader is closed. */
  closed(): void;
}

export class RingReader implements BackendRingBuffer {
  private readonly ring: ReadableRing;
  private readonly waiting = new Set<() => void>();
  private open = true;

  constructor(ring: ReadableRing) {
    this.ring = ring;
  }

  get closed(): boolean {
    return !this.open;
  }

  consume(limit = Number.POSITIVE_INFINITY): Uint8Array[] {
    if (!this.open) throw loaderError("disposed", { message: "the reader of the ring buffer is closed" });
    const records: Uint8Array[] = [];
    while (records.length < limit) {
      const record = this.ring.next();
      if (!record) break;
      records.push(record);
    }
    return records;
  }

  wait(timeoutMs: number): Promise<boolean> {
    if (!this.open) return Promise.resolve(false);
    if (this.ring.isReadable) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.waiting.delete(end);
        resolve(this.open && this.ring.isReadable);
      };
      const timer = setTimeout(end, timeoutMs);
      this.waiting.add(end);
    });
  }

  /** Ends all waits. */
  wake(): void {
    for (const end of [...this.waiting]) end();
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.wake();
    this.ring.closed();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

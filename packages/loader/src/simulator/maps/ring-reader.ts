// The reader of a simulated ring buffer or perf event array: takes finished records in order, waits for more.
import { loaderError } from "../../diagnostics.ts";

/** The ring as its reader sees it. */
export interface ReadableRing<Item = Uint8Array> {
  /** The next finished record that was not discarded, taken out of the ring; undefined where there is none. */
  next(): Item | undefined;
  /** Whether `next` has something to give. */
  readonly isReadable: boolean;
  /** Called once, when the reader is closed. */
  closed(): void;
}

export class RingReader<Item = Uint8Array> implements Disposable {
  private readonly ring: ReadableRing<Item>;
  private readonly waiting = new Set<() => void>();
  private open = true;

  constructor(ring: ReadableRing<Item>) {
    this.ring = ring;
  }

  get closed(): boolean {
    return !this.open;
  }

  consume(limit = Number.POSITIVE_INFINITY): Item[] {
    if (!this.open) throw loaderError("disposed", { message: "the reader is closed" });
    const records: Item[] = [];
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

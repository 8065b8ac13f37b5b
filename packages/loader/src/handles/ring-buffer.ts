// The typed handle of a ring buffer, the same on both back ends: `for await (const event of fw.maps.events)` for a program
// that follows its filter, `drain()` for one that looks now and then. Records are decoded by the map's value schema.
import type { MapSpec } from "@typebpf/abi";
import type { BackendMap, BackendRingBuffer, Pin } from "../backend.ts";
import { decode, type Value } from "../codec.ts";
import { loaderError, refusePin } from "../diagnostics.ts";
import { records } from "../ringbuf.ts";
import { EntriesHandle } from "./map.ts";

/** A ring buffer: records that filters write and user space reads once, in order. */
export interface RingBufferHandle<V> extends AsyncIterable<V>, Disposable {
  readonly name: string;
  readonly spec: MapSpec;
  /** The same map as bytes. */
  readonly raw: BackendMap;
  /** The records that have come since the last one that was read. @throws DiagnosticError BPF6171 during an iteration. */
  drain(): V[];
  /** Waits for records and gives each once, until `close`, or until the object is closed. One iteration at a time. */
  [Symbol.asyncIterator](): AsyncGenerator<V, void, undefined>;
  /** Ends the iteration, if there is one. A later read opens the ring again. */
  close(): void;
  /** Keeps the map alive under a path of a BPF file system; only in the kernel. @throws DiagnosticError that says what to do. */
  pin(path: string): Pin;
}

class Handle implements RingBufferHandle<Value> {
  readonly name: string;
  readonly spec: MapSpec;
  readonly raw: BackendMap;
  #iterated: BackendRingBuffer | undefined;

  constructor(raw: BackendMap) {
    this.raw = raw;
    this.spec = raw.spec;
    this.name = raw.spec.name;
  }

  #open(): BackendRingBuffer {
    const ring = this.raw.ringBuffer?.();
    if (!ring) throw new Error(`handles/ring-buffer: ${this.name} (${this.spec.type}) has no records`);
    return ring;
  }

  #decode(bytes: Uint8Array): Value {
    const { value } = this.spec;
    // Objects of other compilers do not say what the records are.
    if (value.size === 0) return bytes;
    if (bytes.length === value.size) return decode(value, bytes, `${this.name} record`);
    const message = `a record of ${this.name} has ${bytes.length} bytes, its schema ${value.size}`;
    throw loaderError("recordLength", { message });
  }

  drain(): Value[] {
    using ring = this.#open();
    return ring.consume().map((bytes) => this.#decode(bytes));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Value, void, undefined> {
    const ring = this.#open();
    this.#iterated = ring;
    try {
      for await (const bytes of records(ring)) yield this.#decode(bytes);
    } finally {
      if (this.#iterated === ring) this.#iterated = undefined;
    }
  }

  close(): void {
    this.#iterated?.close();
    this.#iterated = undefined;
  }

  pin(path: string): Pin {
    return this.raw.pin?.(path) ?? refusePin(`map "${this.name}"`);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The handle of a map with records of either back end. */
export function ringHandle(raw: BackendMap): RingBufferHandle<Value> {
  return new Handle(raw);
}

/** A ring buffer: what every map has, with nothing to find in it, and the records. */
export class RecordsHandle extends EntriesHandle implements RingBufferHandle<Value> {
  readonly records: RingBufferHandle<Value>;

  constructor(raw: BackendMap) {
    super(raw);
    this.records = ringHandle(raw);
  }

  drain(): Value[] {
    return this.records.drain();
  }

  close(): void {
    this.records.close();
  }

  [Symbol.asyncIterator](): AsyncGenerator<Value, void, undefined> {
    return this.records[Symbol.asyncIterator]();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

// The handle of a perf event array: `for await (const { value } of fw.maps.events.read())`. Each CPU has a ring of its own, so
// samples come in order only from one CPU; what did not fit is counted.
import type { Layout, MapSpec } from "@typebpf/abi";
import type { BackendPerfReader, PerfReaderOptions } from "../backend.ts";
import { decode, type Value } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import { followed } from "../ringbuf.ts";
import type { NamedMap } from "./map.ts";
import { WriteOnlyHandle } from "./references.ts";

/** One sample. */
export interface PerfSample<V> {
  /** The CPU that the filter ran on. */
  readonly cpu: number;
  readonly value: V;
  /** What lies behind the value: bytes of the packet, where the filter asked for them, and up to 7 of padding. */
  readonly rest: Uint8Array;
}

/** A reader of samples: as an async iterator for a program that follows its filter, by `drain` for one that looks now and then. */
export interface PerfReader<V> extends AsyncIterable<PerfSample<V>>, Disposable {
  /** Samples that found no room in a ring, as far as has been read. */
  readonly lost: number;
  /** The same by CPU; those that lost none are left out. */
  readonly lostByCpu: ReadonlyMap<number, number>;
  /** The samples that have come since the last that was read. */
  drain(): PerfSample<V>[];
  /** Waits for samples and gives each once, until `close`, or until the object is closed. */
  [Symbol.asyncIterator](): AsyncGenerator<PerfSample<V>, void, undefined>;
  /** Ends the iteration; filters find nobody reading. */
  close(): void;
}

/** An event for each CPU, to which filters write samples. */
export interface PerfEventArrayHandle<V> extends NamedMap {
  /** Opens the reader; there is one at a time. @throws DiagnosticError BPF6171, BPF6252 */
  read(options?: PerfReaderOptions): PerfReader<V>;
  /** Stores an open perf event, whose counter filters can read. */
  set(index: number, descriptor: number): void;
  delete(index: number): boolean;
  clear(): void;
}

class Reader implements PerfReader<Value> {
  readonly #spec: MapSpec;
  readonly #layout: Layout | undefined;
  readonly #raw: BackendPerfReader;
  readonly #lost = new Map<number, number>();

  constructor(spec: MapSpec, raw: BackendPerfReader) {
    this.#spec = spec;
    this.#layout = spec.record;
    this.#raw = raw;
  }

  get lost(): number {
    return [...this.#lost.values()].reduce((sum, count) => sum + count, 0);
  }

  get lostByCpu(): ReadonlyMap<number, number> {
    return this.#lost;
  }

  #sample(cpu: number, bytes: Uint8Array): PerfSample<Value> {
    const layout = this.#layout;
    // Objects of other compilers do not say what the samples are.
    if (!layout) return { cpu, value: bytes, rest: new Uint8Array(0) };
    if (bytes.length >= layout.size) {
      const value = decode(layout, bytes.subarray(0, layout.size), `${this.#spec.name} sample`);
      return { cpu, value, rest: bytes.subarray(layout.size) };
    }
    const message = `a sample of ${this.#spec.name} has ${bytes.length} bytes, its schema ${layout.size}`;
    throw loaderError("recordLength", { message });
  }

  #take(limit?: number): PerfSample<Value>[] {
    return this.#raw.consume(limit).flatMap((record) => {
      if (record.kind === "sample") return [this.#sample(record.cpu, record.bytes)];
      this.#lost.set(record.cpu, (this.#lost.get(record.cpu) ?? 0) + record.count);
      return [];
    });
  }

  drain(): PerfSample<Value>[] {
    return this.#take();
  }

  [Symbol.asyncIterator](): AsyncGenerator<PerfSample<Value>, void, undefined> {
    return followed(this.#raw, (limit) => this.#take(limit));
  }

  close(): void {
    this.#raw.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A perf event array of either back end. */
export class PerfEventsHandle extends WriteOnlyHandle {
  read(options?: PerfReaderOptions): PerfReader<Value> {
    const raw = this.raw.perfReader?.(options);
    if (!raw) throw loaderError("noOperation", { message: `"${this.name}" cannot be read by this back end` });
    return new Reader(this.spec, raw);
  }
}

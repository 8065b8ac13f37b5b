// The reading side of a ring buffer (kernel/bpf/ringbuf.c; Documentation/bpf/ringbuf.rst). Three regions of memory are
// shared with the kernel: the consumer's position, which only we write, the producer's, and the data, which is mapped twice
// in a row so that a record that goes over the end still lies in one piece.
//
//   mapping 1, read and write:  consumer position u64                                       one page
//   mapping 2, read only:       producer position u64, one page | data | data again
//   record:                     length u32, bit 31 busy, bit 30 discarded | page u32 | payload, padded to 8 bytes
//
// Positions only grow. The kernel writes a record's payload, then its header, then raises the producer's position; we
// read in the opposite order, with sequentially consistent loads, and give room back by storing our position last.
import { setTimeout as delay } from "node:timers/promises";
import { DiagnosticError, diagnostic, type MapSpec, uapi } from "@typebpf/abi";
import type { BackendRingBuffer } from "../backend.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName } from "./errno.ts";
import type { Poller, Watch } from "./poller.ts";
import type { Mapping, Sys } from "./sys.ts";

const PROT_READ = 1;
const PROT_WRITE = 2;
const { BPF_RINGBUF_BUSY_BIT, BPF_RINGBUF_DISCARD_BIT, BPF_RINGBUF_HDR_SZ } = uapi.constant;
const lengthMask = ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT) >>> 0;
/** A filter that has reserved a record and not yet submitted it is done in no time. */
const busyMs = 1;

/** Whether the kernel makes a ring buffer of this many bytes. */
export function isRingSize(bytes: number, pageSize: number): boolean {
  return Number.isInteger(bytes) && bytes >= pageSize && bytes < 2 ** 32 && Math.log2(bytes) % 1 === 0;
}

/** Views of the shared memory; none of them may be touched after it is unmapped. */
interface Shared {
  readonly consumer: BigUint64Array<ArrayBuffer>;
  readonly producer: BigUint64Array<ArrayBuffer>;
  readonly headers: Uint32Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly mappings: readonly Mapping[];
}

function mapPart(sys: Sys, spec: MapSpec, fd: number, offset: number, length: number, protection: number): Mapping {
  const mapping = sys.mmap(fd, offset, length, protection);
  if (typeof mapping !== "number") return mapping;
  const notes = [`mapping "${spec.name}" into memory: the kernel answers ${errnoName(-mapping)}`];
  throw new DiagnosticError([diagnostic(kernelDiagnostics.ringOpen, { notes })]);
}

function mapRing(sys: Sys, spec: MapSpec, fd: number): Shared {
  const { pageSize } = sys;
  const size = spec.maxEntries;
  const consumer = mapPart(sys, spec, fd, 0, pageSize, PROT_READ | PROT_WRITE);
  try {
    const producer = mapPart(sys, spec, fd, pageSize, pageSize + 2 * size, PROT_READ);
    return {
      consumer: new BigUint64Array(consumer.buffer, 0, 1),
      producer: new BigUint64Array(producer.buffer, 0, 1),
      headers: new Uint32Array(producer.buffer, pageSize, size / 4),
      data: new Uint8Array(producer.buffer, pageSize, 2 * size),
      mappings: [consumer, producer],
    };
  } catch (error) {
    consumer.unmap();
    throw error;
  }
}

/** What to open a reader with. */
export interface RingSource {
  readonly sys: Sys;
  readonly spec: MapSpec;
  readonly fd: number;
  readonly poller: Poller;
  /** Called once, when the reader is closed. */
  readonly closed: () => void;
}

/** A reader of a ring buffer in the kernel. */
export class KernelRingBuffer implements BackendRingBuffer {
  readonly #source: RingSource;
  readonly #watch: Watch;
  readonly #mask: bigint;
  #shared: Shared | undefined;

  /** @throws DiagnosticError when the kernel refuses memory or descriptors. */
  constructor(source: RingSource) {
    const { sys, spec, fd, poller } = source;
    this.#source = source;
    this.#mask = BigInt(spec.maxEntries - 1);
    this.#watch = poller.watch(fd);
    try {
      this.#shared = mapRing(sys, spec, fd);
    } catch (error) {
      this.#watch[Symbol.dispose]();
      throw error;
    }
  }

  get closed(): boolean {
    return !this.#shared;
  }

  /** Where the next record is and its header; undefined when there is none, or one that is still being written. */
  #next(shared: Shared): { readonly position: bigint; readonly offset: number; readonly header: number } | undefined {
    const position = Atomics.load(shared.consumer, 0);
    if (position >= Atomics.load(shared.producer, 0)) return undefined;
    const offset = Number(position & this.#mask);
    const header = Atomics.load(shared.headers, offset / 4);
    return header >= BPF_RINGBUF_BUSY_BIT ? undefined : { position, offset, header };
  }

  consume(limit = Number.POSITIVE_INFINITY): Uint8Array[] {
    const shared = this.#shared;
    if (!shared) {
      const message = `the reader of the ring buffer "${this.#source.spec.name}" is closed`;
      throw new DiagnosticError([diagnostic(kernelDiagnostics.closed, { message })]);
    }
    const records: Uint8Array[] = [];
    for (let next = this.#next(shared); next && records.length < limit; next = this.#next(shared)) {
      const { position, offset, header } = next;
      const length = (header & lengthMask) >>> 0;
      const start = offset + BPF_RINGBUF_HDR_SZ;
      if ((header & BPF_RINGBUF_DISCARD_BIT) === 0) records.push(shared.data.slice(start, start + length));
      const size = Math.ceil((BPF_RINGBUF_HDR_SZ + length) / 8) * 8;
      Atomics.store(shared.consumer, 0, position + BigInt(size));
    }
    return records;
  }

  async wait(timeoutMs: number): Promise<boolean> {
    const end = performance.now() + timeoutMs;
    for (let left = timeoutMs; ; left = end - performance.now()) {
      if (!this.#shared) return false;
      if (this.#next(this.#shared)) return true;
      if (left <= 0) return false;
      // The kernel calls a ring readable as soon as a record is reserved.
      if (await this.#watch.wait(left)) {
        if (this.#shared && !this.#next(this.#shared)) await delay(busyMs);
      }
    }
  }

  close(): void {
    const shared = this.#shared;
    if (!shared) return;
    this.#shared = undefined;
    this.#watch[Symbol.dispose]();
    for (const mapping of shared.mappings) mapping.unmap();
    this.#source.closed();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

// Ring buffers: kernel/bpf/ringbuf.c, Linux 6.12. Positions only grow; a position modulo the size is a place in the data.
// Each record has a header and is aligned to 8 bytes; records go on at the start where the data ends.
//
//   31   30        29                       0
//  +----+---------+--------------------------+----------------------------------+----------------
//  |busy| discard |      length (bytes)      |  page of the header in the ring  |  data …
//  +----+---------+--------------------------+----------------------------------+----------------
//
// A reserved record lies in a region of its own while the program writes it, so that each access is checked against the
// record's size; the bytes that were in the ring are there before, and what was written goes back on submit and discard.
import { isRingSize, type MapSpec, pageBytes } from "@typebpf/abi";
import type { BackendRingBuffer } from "../../backend.ts";
import { loaderError } from "../../diagnostics.ts";
import { errno } from "../../errno.ts";
import { Fault } from "../fault.ts";
import type { Memory } from "../memory.ts";
import type { SimulatedMap } from "./map.ts";
import { type ReadableRing, RingReader } from "./ring-reader.ts";
import { ValueStore } from "./value-store.ts";

const HEADER_BYTES = 8;
const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;
/** RINGBUF_MAX_RECORD_SZ is a quarter of this; lengths have 30 bits. */
const LENGTH_MASK = 0x3fff_ffff;
const MAX_RECORD = 0xffff_ffff >>> 2;
/** Pages of the kernel's own before the data: its state, the consumer's and the producer's position. */
const META_PAGES = 3;
/** Most bytes of one ring here. */
const MAX_BYTES = 2 ** 30;

/** BPF_RB_NO_WAKEUP, BPF_RB_FORCE_WAKEUP: whether a reader that waits hears of a record. */
const wakeup = { none: 1, force: 2 } as const;

interface Reserved {
  readonly position: number;
  readonly size: number;
  readonly store: ValueStore;
  readonly slot: number;
}

function recordBytes(size: number): number {
  return Math.ceil((size + HEADER_BYTES) / 8) * 8;
}

export class RingBuffer implements SimulatedMap, ReadableRing {
  readonly spec: MapSpec;
  readonly copies = 1;
  readonly bufferSize: number;
  /** Bytes consumed and produced since the beginning. */
  private consumer = 0;
  private producer = 0;
  /** Up to here every record is finished. */
  private pending = 0;
  private readonly memory: Memory;
  private readonly data: Uint8Array;
  private readonly view: DataView;
  /** Regions by size of record. */
  private readonly stores = new Map<number, ValueStore>();
  /** Records being written, by the upper half of their address. */
  private readonly reserved = new Map<number, Reserved>();
  private reader: RingReader | undefined;

  constructor(spec: MapSpec, memory: Memory) {
    if (!isRingSize(spec.maxEntries) || spec.maxEntries > MAX_BYTES) {
      throw new Fault("unsimulatedMap", `map "${spec.name}" cannot have ${spec.maxEntries} bytes`);
    }
    this.spec = spec;
    this.bufferSize = spec.value.size;
    this.memory = memory;
    this.data = new Uint8Array(spec.maxEntries);
    this.view = new DataView(this.data.buffer);
  }

  private at(position: number): number {
    return position % this.spec.maxEntries;
  }

  private header(position: number): number {
    return this.view.getUint32(this.at(position), true);
  }

  /** Moves `pending` over finished records. */
  private settle(): void {
    while (this.pending < this.producer && this.header(this.pending) < BUSY) {
      this.pending += recordBytes(this.header(this.pending) & LENGTH_MASK);
    }
  }

  /** Takes room for a record and gives its position, or undefined. */
  private take(size: number): number | undefined {
    const length = recordBytes(size);
    if (size > MAX_RECORD || length > this.spec.maxEntries) return undefined;
    this.settle();
    const end = this.producer + length;
    if (end - this.consumer >= this.spec.maxEntries || end - this.pending >= this.spec.maxEntries) return undefined;
    const position = this.producer;
    const at = this.at(position);
    this.view.setUint32(at, (size | BUSY) >>> 0, true);
    this.view.setUint32(at + 4, META_PAGES + Math.floor(at / pageBytes), true);
    this.producer = end;
    return position;
  }

  /** The bytes of a record in the ring, in the one or two pieces they lie in. */
  private pieces(position: number, size: number): readonly Uint8Array[] {
    const start = this.at(position + HEADER_BYTES);
    const first = this.data.subarray(start, start + size);
    return [first, this.data.subarray(0, size - first.length)];
  }

  private read(position: number, size: number): Uint8Array {
    const bytes = new Uint8Array(size);
    let done = 0;
    for (const piece of this.pieces(position, size)) {
      bytes.set(piece, done);
      done += piece.length;
    }
    return bytes;
  }

  private write(position: number, bytes: Uint8Array): void {
    let done = 0;
    for (const piece of this.pieces(position, bytes.length)) {
      piece.set(bytes.subarray(done, done + piece.length));
      done += piece.length;
    }
  }

  /** Marks a record as finished and tells who waits, if the reader had caught up or the flags say so. */
  private finish(position: number, flags: number, discard: boolean): void {
    const length = this.header(position) & LENGTH_MASK;
    this.view.setUint32(this.at(position), discard ? length | DISCARDED : length, true);
    const isForced = Math.floor(flags / wakeup.force) % 2 === 1;
    const isQuiet = flags % 2 === wakeup.none;
    if (isForced || (!isQuiet && this.at(this.consumer) === this.at(position))) this.reader?.wake();
  }

  private storeOf(size: number): ValueStore {
    const known = this.stores.get(size);
    if (known) return known;
    const value = { kind: "struct", name: "record", size, align: 8, fields: [] } as const;
    const name = `a record of map "${this.spec.name}"`;
    const made = new ValueStore(this.memory, { ...this.spec, value }, 0, 1, name);
    this.stores.set(size, made);
    return made;
  }

  /** As bpf_ringbuf_reserve: upper half of the record's address, or undefined. */
  reserve(size: number, flags: number): number | undefined {
    const position = flags === 0 ? this.take(size) : undefined;
    if (position === undefined) return undefined;
    const store = this.storeOf(size);
    const slot = store.allocate();
    store.view(slot).set(this.read(position, size));
    const high = store.high(slot);
    this.reserved.set(high, { position, size, store, slot });
    return high;
  }

  /** As bpf_ringbuf_submit and bpf_ringbuf_discard. False where no record that is being written lies there. */
  release(high: number, flags: number, discard: boolean): boolean {
    const record = this.reserved.get(high);
    if (!record) return false;
    const { position, size, store, slot } = record;
    this.reserved.delete(high);
    this.write(position, store.view(slot).subarray(0, size));
    store.discard(slot);
    this.finish(position, flags, discard);
    return true;
  }

  /** As bpf_ringbuf_output: 0 or a negative errno. */
  output(bytes: Uint8Array, flags: number): number {
    if (flags > (wakeup.none | wakeup.force)) return -errno.EINVAL;
    const position = this.take(bytes.length);
    if (position === undefined) return -errno.EAGAIN;
    this.write(position, bytes);
    this.finish(position, flags, false);
    return 0;
  }

  /** As bpf_ringbuf_query: bytes not consumed, size, positions of consumer and producer; 0 for anything else. */
  query(what: number): number {
    const { consumer, producer } = this;
    return [producer - consumer, this.spec.maxEntries, consumer, producer][what] ?? 0;
  }

  get isReadable(): boolean {
    return this.consumer < this.producer && this.header(this.consumer) < BUSY;
  }

  next(): Uint8Array | undefined {
    while (this.isReadable) {
      const header = this.header(this.consumer);
      const size = header & LENGTH_MASK;
      const record = header < DISCARDED ? this.read(this.consumer, size) : undefined;
      this.consumer += recordBytes(size);
      if (record) return record;
    }
    return undefined;
  }

  ringBuffer(): BackendRingBuffer {
    if (this.reader)
      throw loaderError("ringReader", { message: `the ring buffer "${this.spec.name}" already has a reader` });
    this.reader = new RingReader(this);
    return this.reader;
  }

  closed(): void {
    this.reader = undefined;
  }

  close(): void {
    this.reader?.close();
  }

  /** The verifier lets no program end with a record; one that was stopped by a fault loses it. */
  endRun(): void {
    for (const high of [...this.reserved.keys()]) this.release(high, wakeup.none, true);
  }

  find(): undefined {
    return undefined;
  }

  store(): number {
    return -errno.ENOTSUPP;
  }

  remove(): number {
    return -errno.ENOTSUPP;
  }

  lookup(): number {
    return -errno.ENOTSUPP;
  }

  update(): number {
    return -errno.ENOTSUPP;
  }

  delete(): number {
    return -errno.ENOTSUPP;
  }

  nextKey(): undefined {
    return undefined;
  }

  entries(): Iterable<readonly [key: Uint8Array, value: Uint8Array]> {
    return [];
  }

  updateBatch(): { readonly status: number; readonly written: number } {
    return { status: -errno.ENOTSUPP, written: 0 };
  }
}

// User ring buffers: user space writes records, programs take them in order (kernel/bpf/ringbuf.c from
// __bpf_user_ringbuf_peek on, Linux 6.12). Each takes 8 bytes more than it has, rounded up to 8.
import type { MapSpec } from "@typebpf/abi";
import type { BackendUserRing } from "../../backend.ts";
import { loaderError } from "../../diagnostics.ts";
import { errno } from "../../errno.ts";
import type { SimulatedMap } from "./map.ts";

const HEADER_BYTES = 8;

function roomOf(record: Uint8Array): number {
  return Math.ceil((record.length + HEADER_BYTES) / 8) * 8;
}

export class UserRingBuffer implements SimulatedMap {
  readonly spec: MapSpec;
  readonly copies = 1;
  readonly bufferSize: number;
  /** A program takes records: no other may meanwhile. */
  isDraining = false;
  private readonly records: Uint8Array[] = [];
  private used = 0;
  private writer: BackendUserRing | undefined;

  constructor(spec: MapSpec) {
    this.spec = spec;
    this.bufferSize = spec.value.size;
  }

  /** The oldest record, taken out of the ring; undefined where there is none. */
  next(): Uint8Array | undefined {
    const record = this.records.shift();
    if (record) this.used -= roomOf(record);
    return record;
  }

  private write(record: Uint8Array): number {
    const room = roomOf(record);
    if (room > this.spec.maxEntries) return -errno.E2BIG;
    if (this.used + room > this.spec.maxEntries) return -errno.ENOSPC;
    this.records.push(record.slice());
    this.used += room;
    return 0;
  }

  userRing(): BackendUserRing {
    const { name } = this.spec;
    if (this.writer) throw loaderError("ringReader", { message: `the user ring buffer "${name}" is already open` });
    const isClosed = (): boolean => this.writer !== writer;
    const bytes = (): number => this.used;
    const writer: BackendUserRing = {
      get closed() {
        return isClosed();
      },
      get used() {
        return bytes();
      },
      write: (record) => {
        if (isClosed()) throw loaderError("disposed", { message: `the writer of "${name}" is closed` });
        return this.write(record);
      },
      close: () => {
        if (!isClosed()) this.writer = undefined;
      },
      [Symbol.dispose]: () => writer.close(),
    };
    this.writer = writer;
    return writer;
  }

  close(): void {
    this.writer?.close();
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

  find(): undefined {
    return undefined;
  }

  store(): number {
    return -errno.ENOTSUPP;
  }

  remove(): number {
    return -errno.ENOTSUPP;
  }

  endRun(): void {}
}

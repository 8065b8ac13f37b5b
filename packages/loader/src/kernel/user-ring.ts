// The writing side of a user ring buffer (kernel/bpf/ringbuf.c from __bpf_user_ringbuf_peek on; Linux 6.1). The mirror of a
// ring buffer: the kernel writes the consumer's position, we the producer's and the data, which is mapped twice in a row.
//
//   mapping 1, read only:        consumer position u64                                       one page
//   mapping 2, read and write:   producer position u64, one page | data | data again
//   record:                      length u32, bit 31 busy, bit 30 discarded | unused u32 | payload, padded to 8 bytes
//
// The payload is written before the header, and the header before the position that shows them to the filter.
import { DiagnosticError, diagnostic, type MapSpec, uapi } from "@typebpf/abi";
import type { BackendUserRing } from "../backend.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName, errnos } from "./errno.ts";
import type { Mapping, Sys } from "./sys.ts";

const PROT_READ = 1;
const PROT_READ_WRITE = 3;
const { BPF_RINGBUF_HDR_SZ } = uapi.constant;

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
  const message = `the user ring buffer "${spec.name}" cannot be written`;
  const notes = [`mapping it into memory: the kernel answers ${errnoName(-mapping)}`];
  throw new DiagnosticError([diagnostic(kernelDiagnostics.ringOpen, { message, notes })]);
}

function mapRing(sys: Sys, spec: MapSpec, fd: number): Shared {
  const { pageSize } = sys;
  const size = spec.maxEntries;
  const consumer = mapPart(sys, spec, fd, 0, pageSize, PROT_READ);
  try {
    const producer = mapPart(sys, spec, fd, pageSize, pageSize + 2 * size, PROT_READ_WRITE);
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

/** A writer of a user ring buffer in the kernel. */
export class KernelUserRing implements BackendUserRing {
  readonly #spec: MapSpec;
  readonly #closed: () => void;
  #shared: Shared | undefined;

  /** `closed` is called once, when the writer is. @throws DiagnosticError when the kernel refuses memory. */
  constructor(sys: Sys, spec: MapSpec, fd: number, closed: () => void) {
    this.#spec = spec;
    this.#closed = closed;
    this.#shared = mapRing(sys, spec, fd);
  }

  get closed(): boolean {
    return !this.#shared;
  }

  get used(): number {
    const shared = this.#shared;
    return shared ? Number(Atomics.load(shared.producer, 0) - Atomics.load(shared.consumer, 0)) : 0;
  }

  write(record: Uint8Array): number {
    const shared = this.#shared;
    if (!shared) {
      const message = `the writer of the user ring buffer "${this.#spec.name}" is closed`;
      throw new DiagnosticError([diagnostic(kernelDiagnostics.closed, { message })]);
    }
    const size = this.#spec.maxEntries;
    const total = Math.ceil((BPF_RINGBUF_HDR_SZ + record.length) / 8) * 8;
    if (total > size) return -errnos.E2BIG;
    const position = Atomics.load(shared.producer, 0);
    if (size - Number(position - Atomics.load(shared.consumer, 0)) < total) return -errnos.ENOSPC;
    const offset = Number(position % BigInt(size));
    shared.data.set(record, offset + BPF_RINGBUF_HDR_SZ);
    Atomics.store(shared.headers, offset / 4, record.length);
    Atomics.store(shared.producer, 0, position + BigInt(total));
    return 0;
  }

  close(): void {
    const shared = this.#shared;
    if (!shared) return;
    this.#shared = undefined;
    for (const mapping of shared.mappings) mapping.unmap();
    this.#closed();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

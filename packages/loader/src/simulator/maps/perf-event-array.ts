// Perf event arrays: bpf_perf_event_output of kernel/trace/bpf_trace.c, samples and lost ones as kernel/events/ring_buffer.c
// counts them (Linux 6.12). A reader gives every CPU an event; without one there is none to write to.
import type { BackendPerfReader, PerfReaderOptions, PerfRecord } from "../../backend.ts";
import { loaderError } from "../../diagnostics.ts";
import { errno } from "../../errno.ts";
import { ReferenceMap } from "./reference-map.ts";
import { type ReadableRing, RingReader } from "./ring-reader.ts";

/** The CPU that runs the program. */
const CURRENT_CPU = 0xffff_ffff;
const PAGE_BYTES = 4096;
const DEFAULT_PAGES = 16;
/** Of every record: type, misc, size. Of a sample: its length. Of lost ones: an id and how many. */
const [HEADER_BYTES, LENGTH_BYTES, LOST_BYTES] = [8, 4, 16];

interface Ring {
  readonly reader: RingReader<PerfRecord>;
  readonly capacity: number;
  readonly records: { readonly record: PerfRecord; readonly size: number }[];
  used: number;
  /** Samples that found no room since the last that did. */
  lost: number;
}

export class PerfEventArray extends ReferenceMap {
  private ring: Ring | undefined;

  /** As the helper on a CPU: 0 or a negative errno. `flags` are below 2³². */
  output(index: number, cpu: number, bytes: Uint8Array): number {
    const slot = index === CURRENT_CPU ? cpu : index;
    if (slot >= this.length) return -errno.E2BIG;
    if (!this.ring) return -errno.ENOENT;
    if (slot !== cpu) return -errno.EOPNOTSUPP;
    return this.write(this.ring, cpu, bytes) ? 0 : -errno.ENOSPC;
  }

  private get length(): number {
    return this.spec.maxEntries || this.cpus;
  }

  private write(ring: Ring, cpu: number, bytes: Uint8Array): boolean {
    const padded = Math.ceil((bytes.length + LENGTH_BYTES) / 8) * 8 - LENGTH_BYTES;
    const size = HEADER_BYTES + LENGTH_BYTES + padded;
    const lostSize = ring.lost > 0 ? HEADER_BYTES + LOST_BYTES : 0;
    // A ring is never full to its last byte.
    if (ring.used + lostSize + size >= ring.capacity) {
      ring.lost += 1;
      return false;
    }
    if (ring.lost > 0) this.add(ring, { kind: "lost", cpu, count: ring.lost }, lostSize);
    ring.lost = 0;
    const sample = new Uint8Array(padded);
    sample.set(bytes);
    this.add(ring, { kind: "sample", cpu, bytes: sample }, size);
    ring.reader.wake();
    return true;
  }

  private add(ring: Ring, record: PerfRecord, size: number): void {
    ring.records.push({ record, size });
    ring.used += size;
  }

  perfReader({ pages = DEFAULT_PAGES }: PerfReaderOptions = {}): BackendPerfReader {
    if (this.ring) throw loaderError("ringReader", { message: `"${this.spec.name}" already has a reader` });
    const source: ReadableRing<PerfRecord> = {
      next: () => {
        const first = this.ring?.records.shift();
        if (this.ring && first) this.ring.used -= first.size;
        return first?.record;
      },
      isReadable: false,
      closed: () => {
        this.ring = undefined;
      },
    };
    const records: Ring["records"] = [];
    Object.defineProperty(source, "isReadable", { get: () => records.length > 0 });
    const reader = new RingReader(source);
    this.ring = { reader, capacity: pages * PAGE_BYTES, records, used: 0, lost: 0 };
    return reader;
  }

  close(): void {
    this.ring?.reader.close();
  }
}

// The reading side of a perf event array (kernel/events/ring_buffer.c, kernel/events/core.c; man 2 perf_event_open). Each
// CPU has a software event whose descriptor stands in the map, and a ring that is shared with the kernel:
//
//   page 0:      struct perf_event_mmap_page: data_head u64 at 1024, which the kernel raises, data_tail u64 at 1032, ours
//   pages 1…n:   records, which go on at the start where the data ends
//   record:      type u32 | misc u16 | size u16, of the whole record | SAMPLE: length u32, bytes | LOST: id u64, count u64
//
// The order of samples is each CPU's own. What does not fit is counted, and the count comes with the next record.
import { DiagnosticError, diagnostic, type MapSpec } from "@typebpf/abi";
import type { BackendPerfReader, PerfRecord } from "../backend.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName, errnos } from "./errno.ts";
import { Fd } from "./fd.ts";
import type { Poller, Watch } from "./poller.ts";
import type { Mapping, Sys } from "./sys.ts";

const PROT_READ_WRITE = 3;
/** `struct perf_event_attr` as of its version 0, which is enough. */
const attrBytes = 64;
const PERF_TYPE_SOFTWARE = 1;
const PERF_COUNT_SW_BPF_OUTPUT = 10;
const PERF_SAMPLE_RAW = 0x400;
const PERF_FLAG_FD_CLOEXEC = 8;
const PERF_EVENT_IOC_ENABLE = 0x2400;
const recordTypes = { LOST: 2, SAMPLE: 9 };
const headerBytes = 8;
const positions = { head: 1024, tail: 1032 };

function refuse(spec: MapSpec, what: string, status: number): never {
  const notes = [`${what} of "${spec.name}": the kernel answers ${errnoName(-status)}`];
  throw new DiagnosticError([diagnostic(kernelDiagnostics.perfOpen, { notes })]);
}

function outputEvent(): Uint8Array {
  const attr = new Uint8Array(attrBytes);
  const view = new DataView(attr.buffer);
  view.setUint32(0, PERF_TYPE_SOFTWARE, true);
  view.setUint32(4, attrBytes, true);
  view.setBigUint64(8, BigInt(PERF_COUNT_SW_BPF_OUTPUT), true);
  // Every sample counts, and wakes.
  view.setBigUint64(16, 1n, true);
  view.setBigUint64(24, BigInt(PERF_SAMPLE_RAW), true);
  view.setUint32(48, 1, true);
  return attr;
}

/** What to open a reader with. */
export interface PerfSource {
  readonly sys: Sys;
  readonly spec: MapSpec;
  readonly poller: Poller;
  /** CPUs to read from. */
  readonly cpus: readonly number[];
  /** Pages of each ring, a power of two. */
  readonly pages: number;
  /** Puts an event into the map, or takes it out: 0 or a negative errno. */
  readonly put: (cpu: number, fd: number) => number;
  readonly remove: (cpu: number) => number;
  /** Called once, when the reader is closed. */
  readonly closed: () => void;
}

/** The ring of one CPU. */
class CpuRing implements Disposable {
  readonly cpu: number;
  readonly watch: Watch;
  readonly #fd: Fd;
  readonly #mapping: Mapping;
  readonly #head: BigUint64Array<ArrayBuffer>;
  readonly #tail: BigUint64Array<ArrayBuffer>;
  readonly #data: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;

  constructor(source: PerfSource, cpu: number, fd: Fd) {
    const { sys, spec, pages, poller } = source;
    const { pageSize } = sys;
    const mapping = sys.mmap(fd.number, 0, (pages + 1) * pageSize, PROT_READ_WRITE);
    if (typeof mapping === "number") refuse(spec, `mapping the ring of CPU ${cpu}`, mapping);
    this.cpu = cpu;
    this.#fd = fd;
    this.#mapping = mapping;
    this.#head = new BigUint64Array(mapping.buffer, positions.head, 1);
    this.#tail = new BigUint64Array(mapping.buffer, positions.tail, 1);
    this.#data = new Uint8Array(mapping.buffer, pageSize, pages * pageSize);
    this.#view = new DataView(mapping.buffer, pageSize, pages * pageSize);
    try {
      this.watch = poller.watch(fd.number);
    } catch (error) {
      mapping.unmap();
      throw error;
    }
  }

  get isReadable(): boolean {
    return Atomics.load(this.#tail, 0) < Atomics.load(this.#head, 0);
  }

  /** `size` bytes from a position on, in one piece. */
  #read(position: bigint, size: number): Uint8Array<ArrayBuffer> {
    const start = Number(position % BigInt(this.#data.length));
    const bytes = new Uint8Array(size);
    const first = this.#data.subarray(start, start + size);
    bytes.set(first);
    bytes.set(this.#data.subarray(0, size - first.length), first.length);
    return bytes;
  }

  /** The next record, taken out of the ring; undefined for one that is neither a sample nor a loss. */
  #next(): PerfRecord | undefined {
    const tail = Atomics.load(this.#tail, 0);
    // Records are aligned to 8 bytes, so that a header never goes over the end.
    const at = Number(tail % BigInt(this.#data.length));
    const type = this.#view.getUint32(at, true);
    const size = this.#view.getUint16(at + 6, true);
    if (size < headerBytes) throw new Error(`kernel/perf-reader: a record of ${size} bytes on CPU ${this.cpu}`);
    const body = this.#read(tail + BigInt(headerBytes), size - headerBytes);
    Atomics.store(this.#tail, 0, tail + BigInt(size));
    const view = new DataView(body.buffer);
    if (type === recordTypes.LOST) return { kind: "lost", cpu: this.cpu, count: Number(view.getBigUint64(8, true)) };
    if (type !== recordTypes.SAMPLE) return undefined;
    return { kind: "sample", cpu: this.cpu, bytes: body.subarray(4, 4 + view.getUint32(0, true)) };
  }

  /** Adds records up to `limit` of them in all. */
  drain(records: PerfRecord[], limit: number): void {
    while (records.length < limit && this.isReadable) {
      const record = this.#next();
      if (record) records.push(record);
    }
  }

  [Symbol.dispose](): void {
    this.watch[Symbol.dispose]();
    this.#mapping.unmap();
    this.#fd[Symbol.dispose]();
  }
}

/** A reader of a perf event array in the kernel. */
export class KernelPerfReader implements BackendPerfReader {
  readonly #source: PerfSource;
  #rings: CpuRing[] | undefined = [];

  /** @throws DiagnosticError when the kernel refuses events or memory. */
  constructor(source: PerfSource) {
    this.#source = source;
    try {
      for (const cpu of source.cpus) this.#open(cpu);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #open(cpu: number): void {
    const { sys, spec, put } = this.#source;
    const event = sys.perfEventOpen(outputEvent(), -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
    // A CPU may have gone meanwhile.
    if (event === -errnos.ENODEV) return;
    if (event < 0) refuse(spec, `opening the event of CPU ${cpu}`, event);
    const fd = new Fd(sys, event, `perf event of CPU ${cpu}`);
    try {
      const ring = new CpuRing(this.#source, cpu, fd);
      this.#rings?.push(ring);
    } catch (error) {
      fd[Symbol.dispose]();
      throw error;
    }
    const stored = put(cpu, event);
    if (stored < 0) refuse(spec, `storing the event of CPU ${cpu}`, stored);
    const enabled = sys.ioctl(event, PERF_EVENT_IOC_ENABLE, 0);
    if (enabled < 0) refuse(spec, `enabling the event of CPU ${cpu}`, enabled);
  }

  get closed(): boolean {
    return !this.#rings;
  }

  consume(limit = Number.POSITIVE_INFINITY): PerfRecord[] {
    if (!this.#rings) {
      const message = `the reader of the perf event array "${this.#source.spec.name}" is closed`;
      throw new DiagnosticError([diagnostic(kernelDiagnostics.closed, { message })]);
    }
    const records: PerfRecord[] = [];
    for (const ring of this.#rings) ring.drain(records, limit);
    return records;
  }

  async wait(timeoutMs: number): Promise<boolean> {
    const rings = this.#rings;
    if (!rings) return false;
    if (rings.some((ring) => ring.isReadable)) return true;
    await Promise.race(rings.map((ring) => ring.watch.wait(timeoutMs)));
    // Those that still wait end with the next wait.
    return this.#rings?.some((ring) => ring.isReadable) ?? false;
  }

  close(): void {
    const rings = this.#rings;
    if (!rings) return;
    this.#rings = undefined;
    for (const ring of rings) {
      this.#source.remove(ring.cpu);
      ring[Symbol.dispose]();
    }
    this.#source.closed();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

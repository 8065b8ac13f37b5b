// What user space opens of a map beside its entries: the reader of a ring buffer or perf event array, the writer of a user
// ring buffer, one at a time, and the memory that the map shares. All of it ends with the map.
import { DiagnosticError, diagnostic, type MapSpec } from "@typebpf/abi";
import type {
  BackendMap,
  BackendPerfReader,
  BackendRingBuffer,
  BackendUserRing,
  PerfReaderOptions,
} from "../backend.ts";
import { loaderError } from "../diagnostics.ts";
import { onlineCpus } from "./cpus.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName } from "./errno.ts";
import type { Fd } from "./fd.ts";
import { KernelPerfReader } from "./perf-reader.ts";
import type { Poller } from "./poller.ts";
import { KernelRingBuffer } from "./ringbuf.ts";
import type { Mapping, Sys } from "./sys.ts";
import { KernelUserRing } from "./user-ring.ts";

const PROT_READ_WRITE = 3;
const defaultPages = 16;
const mostPages = 1 << 16;

/** The map that is read, written or shared. */
export interface StreamSource {
  readonly sys: Sys;
  readonly fd: Fd;
  readonly spec: MapSpec;
  readonly poller: Poller;
  readonly map: Pick<BackendMap, "update" | "delete">;
}

function u32Bytes(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

/** What is open of one map. */
export class MapStreams implements Disposable {
  readonly #source: StreamSource;
  #open: { close(): void } | undefined;
  #mapping: Mapping | undefined;

  constructor(source: StreamSource) {
    this.#source = source;
  }

  readonly #closed = (): void => {
    this.#open = undefined;
  };

  #alone(what: string): void {
    if (this.#open)
      throw loaderError("ringReader", { message: `the ${what} "${this.#source.spec.name}" is already open` });
  }

  /** Opens the reader of a ring buffer. @throws DiagnosticError */
  ringBuffer(): BackendRingBuffer {
    const { sys, spec, fd, poller } = this.#source;
    if (this.#open) throw loaderError("ringReader", { message: `the ring buffer "${spec.name}" already has a reader` });
    const reader = new KernelRingBuffer({ sys, spec, fd: fd.number, poller, closed: this.#closed });
    this.#open = reader;
    return reader;
  }

  /** Opens the reader of a perf event array, with a ring for each CPU that runs and has a place in the map. @throws DiagnosticError */
  perfReader({ pages = defaultPages }: PerfReaderOptions = {}): BackendPerfReader {
    const { sys, spec, poller, map } = this.#source;
    this.#alone("perf event array");
    if (!Number.isInteger(Math.log2(pages)) || pages < 1 || pages > mostPages) {
      throw loaderError("option", { message: `pages is ${pages}; it must be a power of two from 1 to ${mostPages}` });
    }
    const entries = spec.maxEntries === 0 ? Number.POSITIVE_INFINITY : spec.maxEntries;
    const reader = new KernelPerfReader({
      sys,
      spec,
      poller,
      cpus: onlineCpus().filter((cpu) => cpu < entries),
      pages,
      put: (cpu, event) => map.update(u32Bytes(cpu), u32Bytes(event), 0),
      remove: (cpu) => map.delete(u32Bytes(cpu)),
      closed: this.#closed,
    });
    this.#open = reader;
    return reader;
  }

  /** Opens the writer of a user ring buffer. @throws DiagnosticError */
  userRing(): BackendUserRing {
    const { sys, spec, fd } = this.#source;
    this.#alone("user ring buffer");
    const writer = new KernelUserRing(sys, spec, fd.number, this.#closed);
    this.#open = writer;
    return writer;
  }

  /** The map's memory, mapped once. @throws DiagnosticError */
  shared(): ArrayBuffer {
    const { sys, spec, fd } = this.#source;
    if (this.#mapping) return this.#mapping.buffer;
    // Values of an array are rounded up to 8 bytes each; an arena counts pages.
    const bytes =
      spec.type === "arena" ? spec.maxEntries * sys.pageSize : Math.ceil(spec.value.size / 8) * 8 * spec.maxEntries;
    const mapping = sys.mmap(fd.number, 0, Math.ceil(bytes / sys.pageSize) * sys.pageSize, PROT_READ_WRITE);
    if (typeof mapping === "number") {
      const notes = [`mapping "${spec.name}" into memory: the kernel answers ${errnoName(-mapping)}`];
      throw new DiagnosticError([diagnostic(kernelDiagnostics.mapShare, { notes })]);
    }
    this.#mapping = mapping;
    return mapping.buffer;
  }

  [Symbol.dispose](): void {
    this.#open?.close();
    const mapping = this.#mapping;
    this.#mapping = undefined;
    if (!mapping) return;
    // Whoever still has a view of it is left with none: the memory is about to go.
    structuredClone(mapping.buffer, { transfer: [mapping.buffer] });
    mapping.unmap();
  }
}

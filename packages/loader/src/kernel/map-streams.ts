// What user space opens of a map beside its entries: the reader of a ring buffer or perf event array, the writer of a user
// ring buffer, one at a time, and the memory that the map shares. All of it ends with the map.
import { DiagnosticError, diagnostic, type MapSpec } from "@typebpf/abi";
import type {
  BackendMap,
  BackendMemory,
  BackendPerfReader,
  BackendRingBuffer,
  BackendUserRing,
  PerfReaderOptions,
} from "../backend.ts";
import { loaderError } from "../diagnostics.ts";
import { copyScalars } from "../section-bytes.ts";
import { onlineCpus } from "./cpus.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName, errnos } from "./errno.ts";
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
  shared(): BackendMemory {
    const { sys, spec, fd } = this.#source;
    // Values of an array are rounded up to 8 bytes each; an arena counts pages.
    const size =
      spec.type === "arena" ? spec.maxEntries * sys.pageSize : Math.ceil(spec.value.size / 8) * 8 * spec.maxEntries;
    this.#mapping ??= this.#map(fd.number, Math.ceil(size / sys.pageSize) * sys.pageSize);
    const part = (offset: number, length: number): Uint8Array | undefined => {
      if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
        throw loaderError("option", {
          message: `"${spec.name}" has ${size} bytes, not ${offset} to ${offset + length}`,
        });
      }
      return this.#mapping && new Uint8Array(this.#mapping.buffer, offset, length);
    };
    return {
      size,
      read: (offset, length) => {
        const bytes = part(offset, length);
        return bytes ? copyScalars(bytes, new Uint8Array(length)) : -errnos.EBADF;
      },
      write: (offset, bytes) => {
        const target = part(offset, bytes.length);
        if (target) copyScalars(bytes, target);
        return target ? 0 : -errnos.EBADF;
      },
    };
  }

  #map(fd: number, length: number): Mapping {
    const { sys, spec } = this.#source;
    const mapping = sys.mmap(fd, 0, length, PROT_READ_WRITE);
    if (typeof mapping !== "number") return mapping;
    const notes = [`mapping "${spec.name}" into memory: the kernel answers ${errnoName(-mapping)}`];
    throw new DiagnosticError([diagnostic(kernelDiagnostics.mapShare, { notes })]);
  }

  [Symbol.dispose](): void {
    this.#open?.close();
    this.#mapping?.unmap();
    this.#mapping = undefined;
  }
}

// One map in the kernel: element operations and what else user space does with it. Keys and values are copied into memory at fixed
// addresses that the prepared attribute block points to, so that an operation is one system call and two copies.
// Keys and values of a wrong size never reach the kernel: it would read past their end.
import {
  DiagnosticError,
  diagnostic,
  type MapSpec,
  type MapTypeRow,
  mapCreateFlags,
  mapTypes,
  uapi,
} from "@typebpf/abi";
import type {
  BackendMap,
  BackendMemory,
  BackendPerfReader,
  BackendRingBuffer,
  BackendUserRing,
  ObjectReference,
  PerfReaderOptions,
  Pin,
  ResolvedReference,
} from "../backend.ts";
import { Attr, attrLayouts } from "./attr.ts";
import type { KernelBtf } from "./btf.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName, errnos } from "./errno.ts";
import type { Fd } from "./fd.ts";
import type { KernelInnerMaps } from "./inner-maps.ts";
import { lookupBatches, updateBatches } from "./map-batch.ts";
import { MapStreams } from "./map-streams.ts";
import { pinObject } from "./objects/pin.ts";
import type { Poller } from "./poller.ts";
import { resolveReference } from "./references.ts";
import type { Memory, Sys } from "./sys.ts";

type ElementAttr = Attr<typeof attrLayouts.mapElement>;
type Entry = readonly [key: Uint8Array, value: Uint8Array];

function roundUp8(size: number): number {
  return Math.ceil(size / 8) * 8;
}

function isU32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}

/** Whether user space can map its values into memory. */
function isShared(spec: MapSpec): boolean {
  return spec.type === "arena" || (spec.type === "array" && (spec.flags & mapCreateFlags.MMAPABLE) !== 0);
}

/** What the maps of an object share. */
export interface MapHost {
  readonly sys: Sys;
  /** Number of possible CPUs. */
  readonly cpus: number;
  readonly poller: Poller;
  /** Types of keys and values; absent where the kernel takes none. */
  readonly btf?: KernelBtf | undefined;
}

/** A map in the kernel. Dispose closes its descriptor; programs that use it keep it alive. */
export class KernelMap implements BackendMap, Disposable {
  readonly spec: MapSpec;
  readonly copies: number;
  readonly bufferSize: number;
  readonly fd: Fd;
  readonly #sys: Sys;
  readonly #key: Memory;
  readonly #value: Memory;
  /** One block per shape of command, so that nothing but the bytes changes from call to call. */
  readonly #keyAndValue: ElementAttr;
  readonly #withFlags: ElementAttr;
  readonly #keyOnly: ElementAttr;
  readonly #noKey: ElementAttr;
  readonly ringBuffer?: () => BackendRingBuffer;
  readonly perfReader?: (options?: PerfReaderOptions) => BackendPerfReader;
  readonly userRing?: () => BackendUserRing;
  readonly shared?: () => BackendMemory;
  readonly inner?: KernelInnerMaps;
  readonly #streams: MapStreams;

  constructor({ sys, cpus, poller }: MapHost, fd: Fd, spec: MapSpec, inner?: KernelInnerMaps) {
    const { perCpu, user, holds }: MapTypeRow = mapTypes[spec.type];
    const streams = new MapStreams({ sys, fd, spec, poller, map: this });
    this.#streams = streams;
    if (user.includes("read")) this.ringBuffer = () => streams.ringBuffer();
    if (user.includes("write")) this.userRing = () => streams.userRing();
    if (holds === "perfEvent") this.perfReader = (options) => streams.perfReader(options);
    if (isShared(spec)) this.shared = () => streams.shared();
    if (inner) this.inner = inner;
    this.#sys = sys;
    this.fd = fd;
    this.spec = spec;
    this.copies = perCpu ? cpus : 1;
    this.bufferSize = perCpu ? roundUp8(spec.value.size) * cpus : spec.value.size;
    this.#key = sys.allocate(spec.key.size);
    // The value also receives keys from BPF_MAP_GET_NEXT_KEY: the two fields are one in the kernel.
    this.#value = sys.allocate(Math.max(this.bufferSize, spec.key.size));
    const bare = (): ElementAttr => new Attr(sys, attrLayouts.mapElement).set("map_fd", fd.number);
    // The kernel refuses fields that a command or map does not have: deleting has no value, the first key none before it,
    // and a queue no keys at all.
    const attr = (): ElementAttr => (spec.key.size === 0 ? bare() : bare().set("key", this.#key));
    this.#keyAndValue = attr().set("value", this.#value);
    this.#withFlags = attr().set("value", this.#value);
    this.#keyOnly = attr();
    this.#noKey = bare().set("value", this.#value);
  }

  /** One system call on the element `key`; -EBADF after dispose, -EINVAL for a key of the wrong size. */
  #element(command: number, attr: ElementAttr, key: Uint8Array): number {
    if (this.fd.closed) return -errnos.EBADF;
    if (key.length !== this.spec.key.size) return -errnos.EINVAL;
    this.#key.bytes.set(key);
    return attr.call(command);
  }

  lookup(key: Uint8Array): Uint8Array | number {
    const status = this.#element(uapi.command.MAP_LOOKUP_ELEM, this.#keyAndValue, key);
    return status < 0 ? status : this.#value.bytes.slice(0, this.bufferSize);
  }

  update(key: Uint8Array, value: Uint8Array, flags: number): number {
    if (value.length !== this.bufferSize || !isU32(flags)) return this.fd.closed ? -errnos.EBADF : -errnos.EINVAL;
    this.#value.bytes.set(value);
    return this.#element(uapi.command.MAP_UPDATE_ELEM, this.#withFlags.set("flags", flags), key);
  }

  delete(key: Uint8Array): number {
    return this.#element(uapi.command.MAP_DELETE_ELEM, this.#keyOnly, key);
  }

  lookupAndDelete(key: Uint8Array): Uint8Array | number {
    const status = this.#element(uapi.command.MAP_LOOKUP_AND_DELETE_ELEM, this.#keyAndValue, key);
    return status < 0 ? status : this.#value.bytes.slice(0, this.bufferSize);
  }

  contains(value: Uint8Array): number {
    if (value.length !== this.bufferSize) return -errnos.EINVAL;
    this.#value.bytes.set(value);
    return this.#element(uapi.command.MAP_LOOKUP_ELEM, this.#keyAndValue, new Uint8Array(this.spec.key.size));
  }

  freeze(): number {
    if (this.fd.closed) return -errnos.EBADF;
    return new Attr(this.#sys, attrLayouts.mapElement).set("map_fd", this.fd.number).call(uapi.command.MAP_FREEZE);
  }

  resolve(reference: ObjectReference): ResolvedReference {
    return resolveReference(this.#sys, reference);
  }

  nextKey(key: Uint8Array | undefined): Uint8Array | undefined {
    const command = uapi.command.MAP_GET_NEXT_KEY;
    const status = key ? this.#element(command, this.#keyAndValue, key) : this.#first(command);
    if (status === -errnos.ENOENT) return undefined;
    if (status < 0) throw this.#readError(status);
    return this.#value.bytes.slice(0, this.spec.key.size);
  }

  #first(command: number): number {
    return this.fd.closed ? -errnos.EBADF : this.#noKey.call(command);
  }

  *entries(): Iterable<Entry> {
    const { user }: MapTypeRow = mapTypes[this.spec.type];
    if (!user.includes("walk")) return;
    for (const chunk of lookupBatches({ sys: this.#sys, fd: this.fd, spec: this.spec, bufferSize: this.bufferSize })) {
      if (chunk.kind === "failed") throw this.#readError(chunk.status);
      if (chunk.kind === "unsupported") yield* this.#entriesOneByOne();
      else yield* chunk.entries;
    }
  }

  /** Stops after `maxEntries`: an entry deleted meanwhile makes the kernel begin again. */
  *#entriesOneByOne(): Iterable<Entry> {
    let key = this.nextKey(undefined);
    for (let count = 0; key && count < this.spec.maxEntries; count++) {
      const value = this.lookup(key);
      const next = this.nextKey(key);
      if (typeof value !== "number") yield [key, value];
      else if (value !== -errnos.ENOENT) throw this.#readError(value);
      key = next;
    }
  }

  updateBatch(entries: readonly Entry[], flags: number): { readonly status: number; readonly written: number } {
    if (this.fd.closed) return { status: -errnos.EBADF, written: 0 };
    if (entries.length === 0) return { status: 0, written: 0 };
    const sized = entries.every(
      ([key, value]) => key.length === this.spec.key.size && value.length === this.bufferSize,
    );
    const handle = { sys: this.#sys, fd: this.fd, spec: this.spec, bufferSize: this.bufferSize };
    const done = sized && isU32(flags) ? updateBatches(handle, entries, flags) : undefined;
    if (done) return done;
    for (const [written, [key, value]] of entries.entries()) {
      const status = this.update(key, value, flags);
      if (status < 0) return { status, written };
    }
    return { status: 0, written: entries.length };
  }

  /** Keeps the map alive under a path of a BPF file system. @throws DiagnosticError that says what to do */
  pin(path: string): Pin {
    return pinObject(this.#sys, this.fd.number, path, `map "${this.spec.name}"`);
  }

  #readError(status: number): DiagnosticError {
    const message = `the kernel refuses to read the map "${this.spec.name}": ${errnoName(-status)}`;
    const row = status === -errnos.EBADF ? kernelDiagnostics.closed : kernelDiagnostics.mapRead;
    return new DiagnosticError([diagnostic(row, { message })]);
  }

  [Symbol.dispose](): void {
    this.#streams[Symbol.dispose]();
    this.inner?.[Symbol.dispose]();
    this.fd[Symbol.dispose]();
  }
}

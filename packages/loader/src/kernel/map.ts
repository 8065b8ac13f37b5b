// One map in the kernel: BPF_MAP_CREATE and element operations. Keys and values are copied into memory at fixed
// addresses that the prepared attribute block points to, so that an operation is one system call and two copies.
// Keys and values of a wrong size never reach the kernel: it would read past their end.
import { DiagnosticError, diagnostic, type Layout, type MapSpec, type MapTypeRow, mapTypes, uapi } from "@typebpf/abi";
import type { BackendMap, BackendRingBuffer } from "../backend.ts";
import { loaderError } from "../diagnostics.ts";
import { Attr, attrLayouts, kernelName } from "./attr.ts";
import type { KernelBtf, MapTypeIds } from "./btf.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName, errnos } from "./errno.ts";
import { Fd } from "./fd.ts";
import { lookupBatches, updateBatches } from "./map-batch.ts";
import type { Poller } from "./poller.ts";
import { isRingSize, KernelRingBuffer } from "./ringbuf.ts";
import type { Memory, Sys } from "./sys.ts";

type ElementAttr = Attr<typeof attrLayouts.mapElement>;
type Entry = readonly [key: Uint8Array, value: Uint8Array];

function roundUp8(size: number): number {
  return Math.ceil(size / 8) * 8;
}

function isU32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
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
  #reader: KernelRingBuffer | undefined;

  constructor({ sys, cpus, poller }: MapHost, fd: Fd, spec: MapSpec) {
    const { perCpu, records }: MapTypeRow = mapTypes[spec.type];
    if (records) this.ringBuffer = () => this.#openReader(poller);
    this.#sys = sys;
    this.fd = fd;
    this.spec = spec;
    this.copies = perCpu ? cpus : 1;
    this.bufferSize = perCpu ? roundUp8(spec.value.size) * cpus : spec.value.size;
    this.#key = sys.allocate(spec.key.size);
    // The value also receives keys from BPF_MAP_GET_NEXT_KEY: the two fields are one in the kernel.
    this.#value = sys.allocate(Math.max(this.bufferSize, spec.key.size));
    const attr = (): ElementAttr => new Attr(sys, attrLayouts.mapElement).set("map_fd", fd.number);
    this.#keyAndValue = attr().set("key", this.#key).set("value", this.#value);
    this.#withFlags = attr().set("key", this.#key).set("value", this.#value);
    // The kernel refuses fields that a command does not have: deleting has no value, the first key none before it.
    this.#keyOnly = attr().set("key", this.#key);
    this.#noKey = attr().set("value", this.#value);
  }

  #openReader(poller: Poller): BackendRingBuffer {
    const { spec } = this;
    if (this.#reader)
      throw loaderError("ringReader", { message: `the ring buffer "${spec.name}" already has a reader` });
    const closed = (): void => {
      this.#reader = undefined;
    };
    this.#reader = new KernelRingBuffer({ sys: this.#sys, spec, fd: this.fd.number, poller, closed });
    return this.#reader;
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
    if (this.ringBuffer) return;
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

  #readError(status: number): DiagnosticError {
    const message = `the kernel refuses to read the map "${this.spec.name}": ${errnoName(-status)}`;
    const row = status === -errnos.EBADF ? kernelDiagnostics.closed : kernelDiagnostics.mapRead;
    return new DiagnosticError([diagnostic(row, { message })]);
  }

  [Symbol.dispose](): void {
    this.#reader?.close();
    this.fd[Symbol.dispose]();
  }
}

function refuseMap(spec: MapSpec, status: number): DiagnosticError {
  const sizes = `${spec.type}, key ${spec.key.size} bytes, value ${spec.value.size} bytes, maxEntries ${spec.maxEntries}, flags ${spec.flags}`;
  const details = { ...(spec.at && { at: spec.at }), notes: [sizes, `the kernel answers ${errnoName(-status)}`] };
  if (status === -errnos.EPERM)
    return new DiagnosticError([diagnostic(kernelDiagnostics.privilege, { notes: details.notes })]);
  if (status === -errnos.ENOSYS) return new DiagnosticError([diagnostic(kernelDiagnostics.noBpf)]);
  const memory = status === -errnos.ENOMEM || status === -errnos.E2BIG;
  const row = memory ? kernelDiagnostics.mapMemory : kernelDiagnostics.mapCreate;
  const reason = memory ? "has no memory for" : "refuses";
  return new DiagnosticError([diagnostic(row, { ...details, message: `the kernel ${reason} the map "${spec.name}"` })]);
}

function checkRing(sys: Sys, spec: MapSpec): void {
  if (isRingSize(spec.maxEntries, sys.pageSize)) return;
  const message = `the ring buffer "${spec.name}" cannot have ${spec.maxEntries} bytes`;
  const notes = [`a page has ${sys.pageSize} bytes here`];
  throw new DiagnosticError([
    diagnostic(kernelDiagnostics.ringSize, { message, notes, ...(spec.at && { at: spec.at }) }),
  ]);
}

type CreateAttr = Attr<typeof attrLayouts.mapCreate>;

/** Structs that the kernel finds by name in the BTF of a value: without it such a map is of no use. */
const kernelStructs: ReadonlySet<string> = new Set([
  "bpf_spin_lock",
  "bpf_res_spin_lock",
  "bpf_timer",
  "bpf_wq",
  "bpf_task_work",
  "bpf_list_head",
  "bpf_list_node",
  "bpf_rb_root",
  "bpf_rb_node",
  "bpf_refcount",
]);

function needsBtf(layout: Layout): boolean {
  if (layout.kind === "array") return needsBtf(layout.item);
  if (layout.kind !== "struct") return false;
  return kernelStructs.has(layout.name) || layout.fields.some((field) => needsBtf(field.layout));
}

/** A descriptor or a negative errno. Types of maps that take none (map_check_btf of kernel/bpf) are left out. */
function create(attr: CreateAttr, spec: MapSpec, types: MapTypeIds | undefined): number {
  if (types) {
    attr.set("btf_fd", types.btfFd).set("btf_key_type_id", types.key).set("btf_value_type_id", types.value);
    const fd = attr.call(uapi.command.MAP_CREATE);
    if (fd >= 0 || needsBtf(spec.value)) return fd;
    attr.set("btf_fd", 0).set("btf_key_type_id", 0).set("btf_value_type_id", 0);
  }
  return attr.call(uapi.command.MAP_CREATE);
}

/** Creates the map that `spec` describes. @throws DiagnosticError with the kernel's reason. */
export function createMap(host: MapHost, spec: MapSpec): KernelMap {
  const { sys } = host;
  const sizes = [spec.key.size, spec.value.size, spec.maxEntries, spec.flags];
  if (!Object.hasOwn(mapTypes, spec.type) || !sizes.every(isU32)) throw refuseMap(spec, -errnos.EINVAL);
  const { number, records, keys }: MapTypeRow = mapTypes[spec.type];
  if (records) checkRing(sys, spec);
  const attr = new Attr(sys, attrLayouts.mapCreate);
  attr
    .set("map_type", number)
    .set("key_size", spec.key.size)
    .set("value_size", records ? 0 : spec.value.size);
  attr.set("max_entries", spec.maxEntries).set("map_flags", spec.flags).set("map_name", kernelName(spec.name));
  const fd = create(attr, spec, keys === "none" ? undefined : host.btf?.map(spec.name));
  if (fd < 0) throw refuseMap(spec, fd);
  return new KernelMap(host, new Fd(sys, fd, `map "${spec.name}"`), spec);
}

// Typed handles of maps, the same on both back ends: values in and out by the map's schema, errors as diagnostics that
// say what to do. Per-CPU maps give and take one value for each possible CPU. Map types with operations of their own have
// them in files of this folder; `registry.ts` says which.
import { type Layout, type MapSpec, type MapTypeRow, mapTypes, prefixAddress } from "@typebpf/abi";
import type { BackendMap, Pin } from "../backend.ts";
import { decode, encode, type Value } from "../codec.ts";
import { toJson } from "../codec-json.ts";
import { loaderError, refusePin } from "../diagnostics.ts";
import { errno, type MapOperation, mapError } from "../errno.ts";
import type { PerfEventArrayHandle } from "./perf-event-array.ts";
import type { RingBufferHandle } from "./ring-buffer.ts";
import type { BloomFilterHandle, SequenceHandle } from "./sequences.ts";
import type { UserRingBufferHandle } from "./user-ring-buffer.ts";

/** How `set` treats an entry that exists, or does not: the values of the DSL's `MapUpdate`. */
export type UpdateMode = 0 | 1 | 2;

/** What the handles of all maps have. */
export interface NamedMap {
  readonly name: string;
  readonly spec: MapSpec;
  /** The same map as bytes. */
  readonly raw: BackendMap;
  /** Keeps the map alive under a path of a BPF file system; only in the kernel. @throws DiagnosticError that says what to do. */
  pin(path: string): Pin;
}

/** What every map with entries has, whatever its values are. `K` and `V` are read, `KI` and `VI` written. */
export interface CommonHandle<K, KI, V, VI> extends NamedMap, Iterable<[key: K, value: V]> {
  /** Number of entries; counts them one by one. */
  readonly size: number;
  /** The value under a key, a copy; undefined where there is none. */
  get(key: KI): V | undefined;
  /** Whether there is an entry. */
  has(key: KI): boolean;
  /** Stores a value. `mode`: ANY 0 (default), NOEXIST 1, EXIST 2. @throws DiagnosticError BPF6160–6165 */
  set(key: KI, value: VI, mode?: UpdateMode): void;
  /** Stores many values, in one go where the back end can. @throws DiagnosticError after those that were written. */
  setMany(entries: Iterable<readonly [key: KI, value: VI]>): void;
  /** Removes an entry; false where there was none. Not for arrays. */
  delete(key: KI): boolean;
  /** Removes all entries; sets all of an array to zero. */
  clear(): void;
  /** From now on user space can read the map but not write it; filters still can. */
  freeze(): void;
  keys(): IterableIterator<K>;
  values(): IterableIterator<V>;
  entries(): IterableIterator<[key: K, value: V]>;
}

/** A map with one value per key. */
export interface MapHandle<K, KI, V, VI> extends CommonHandle<K, KI, V, VI> {}

/** A map with one value per key and CPU: values are arrays, by CPU. */
export interface PerCpuMapHandle<K, KI, V, VI> extends CommonHandle<K, KI, V[], readonly VI[]> {
  /** Stores the same value for every CPU. */
  setAll(key: KI, value: VI, mode?: UpdateMode): void;
}

/** A map whose type is not known to TypeScript: per-CPU values are arrays, `setAll` is for them. */
export interface AnyMapHandle extends CommonHandle<Value, unknown, Value, unknown> {
  /** Stores the same value for every CPU of a per-CPU map. */
  setAll(key: unknown, value: unknown, mode?: UpdateMode): void;
  /** Only of ring buffers: the records that have come, oldest first. */
  readonly records?: RingBufferHandle<Value>;
  /** Only of queues and stacks. */
  readonly push?: SequenceHandle<Value, unknown>["push"];
  readonly pop?: SequenceHandle<Value, unknown>["pop"];
  readonly peek?: SequenceHandle<Value, unknown>["peek"];
  /** Only of Bloom filters. */
  readonly add?: BloomFilterHandle<unknown>["add"];
  /** Only of perf event arrays. */
  readonly read?: PerfEventArrayHandle<Value>["read"];
  /** Only of user ring buffers. */
  readonly write?: UserRingBufferHandle<unknown>["write"];
  /** Only of maps of maps. */
  readonly create?: (name?: string) => AnyMapHandle;
}

/** Bytes of one copy in the buffer of a per-CPU map. */
function strideOf(layout: Layout): number {
  return Math.ceil(layout.size / 8) * 8;
}

/** How values of a map become what `update` takes, and back. */
export interface ValueForm {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): Value;
}

function plainForm(layout: Layout, path: string): ValueForm {
  return { encode: (value) => encode(layout, value, path), decode: (bytes) => decode(layout, bytes, path) };
}

function perCpuForm(layout: Layout, copies: number, path: string): ValueForm {
  const stride = strideOf(layout);
  return {
    encode: (value) => {
      if (!Array.isArray(value) || value.length !== copies) {
        const message = `${path}: a per-CPU map takes an array with one value for each of ${copies} CPUs`;
        throw loaderError("wrongLength", { message, help: "use `setAll` for the same value on every CPU" });
      }
      const all = new Uint8Array(stride * copies);
      value.forEach((one: unknown, cpu) => {
        all.set(encode(layout, one, `${path}[${cpu}]`), cpu * stride);
      });
      return all;
    },
    decode: (bytes) =>
      Array.from({ length: copies }, (_, cpu) =>
        decode(layout, bytes.subarray(cpu * stride, cpu * stride + layout.size), `${path}[${cpu}]`),
      ),
  };
}

/** The one implementation; the interfaces above type it, and map types with operations of their own extend it. */
export class EntriesHandle implements AnyMapHandle {
  readonly name: string;
  readonly spec: MapSpec;
  readonly raw: BackendMap;
  protected readonly form: ValueForm;
  private readonly row: MapTypeRow;

  constructor(raw: BackendMap, form?: ValueForm) {
    this.raw = raw;
    this.spec = raw.spec;
    this.name = raw.spec.name;
    this.row = mapTypes[this.spec.type];
    const path = `${this.name} value`;
    this.form =
      form ?? (this.row.perCpu ? perCpuForm(this.spec.value, raw.copies, path) : plainForm(this.spec.value, path));
  }

  /** Whether every entry always exists, as in arrays of values. */
  private get isFixed(): boolean {
    return this.row.keys === "index" && !this.row.user.includes("delete");
  }

  protected keyBytes(key: unknown): Uint8Array {
    const bytes = encode(this.spec.key, key, `${this.name} key`);
    if (this.row.keys === "prefix") this.checkPrefix(bytes);
    return bytes;
  }

  /** The kernel would find nothing under a prefix that is too long, and only say so when one is stored. */
  private checkPrefix(bytes: Uint8Array): void {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const bits = (prefixAddress(this.spec.key)?.size ?? bytes.length - 4) * 8;
    if (length <= bits) return;
    throw loaderError("prefixLength", {
      message: `${this.name} key: a prefix of ${length} bits, the address has ${bits}`,
    });
  }

  protected check(operation: MapOperation, status: number, key: Uint8Array): void {
    if (status === 0) return;
    throw mapError(this.spec, operation, status, JSON.stringify(toJson(this.spec.key, key)));
  }

  get size(): number {
    if (this.isFixed) return this.spec.maxEntries;
    let count = 0;
    for (const _ of this.keyList()) count += 1;
    return count;
  }

  get(key: unknown): Value | undefined {
    const bytes = this.keyBytes(key);
    const found = this.raw.lookup(bytes);
    if (typeof found !== "number") return this.form.decode(found);
    if (found !== -errno.ENOENT) this.check("get", found, bytes);
    return undefined;
  }

  has(key: unknown): boolean {
    return this.get(key) !== undefined;
  }

  set(key: unknown, value: unknown, mode: UpdateMode = 0): void {
    const bytes = this.keyBytes(key);
    this.check("set", this.raw.update(bytes, this.form.encode(value), mode), bytes);
  }

  setAll(key: unknown, value: unknown, mode: UpdateMode = 0): void {
    this.set(key, this.row.perCpu ? new Array<unknown>(this.raw.copies).fill(value) : value, mode);
  }

  setMany(entries: Iterable<readonly [key: unknown, value: unknown]>): void {
    const all = Array.from(entries, ([key, value]) => [this.keyBytes(key), this.form.encode(value)] as const);
    if (all.length === 0) return;
    const { status, written } = this.raw.updateBatch(all, 0);
    const failed = all[written] ?? all[all.length - 1];
    if (failed) this.check("setMany", status, failed[0]);
  }

  delete(key: unknown): boolean {
    const bytes = this.keyBytes(key);
    const status = this.raw.delete(bytes);
    if (status === -errno.ENOENT && !this.isFixed) return false;
    this.check("delete", status, bytes);
    return true;
  }

  clear(): void {
    const keys = [...this.keyList()];
    if (this.isFixed) {
      const zero = new Uint8Array(this.raw.bufferSize);
      for (const key of keys) this.check("clear", this.raw.update(key, zero, 0), key);
      return;
    }
    for (const key of keys) {
      const status = this.raw.delete(key);
      if (status !== -errno.ENOENT) this.check("clear", status, key);
    }
  }

  freeze(): void {
    const status = this.raw.freeze?.() ?? -errno.EOPNOTSUPP;
    if (status !== 0) throw mapError(this.spec, "freeze", status);
  }

  protected *keyList(): Generator<Uint8Array> {
    for (const [key] of this.raw.entries()) yield key;
  }

  protected decodeKey(bytes: Uint8Array): Value {
    return decode(this.spec.key, bytes);
  }

  *keys(): Generator<Value> {
    for (const key of this.keyList()) yield this.decodeKey(key);
  }

  *values(): Generator<Value> {
    for (const [, value] of this.entries()) yield value;
  }

  *entries(): Generator<[key: Value, value: Value]> {
    for (const [key, value] of this.raw.entries()) {
      yield [this.decodeKey(key), this.form.decode(value)];
    }
  }

  [Symbol.iterator](): Generator<[key: Value, value: Value]> {
    return this.entries();
  }

  pin(path: string): Pin {
    return this.raw.pin?.(path) ?? refusePin(`map "${this.name}"`);
  }
}

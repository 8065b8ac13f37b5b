// Handles of maps whose values name objects: programs, cgroups, sockets, perf events. What goes in is the object, or an open
// descriptor of it; what comes out is what the kernel tells: an id, a cookie, or nothing at all.
import type { MapTypeName } from "@typebpf/abi";
import type { BackendMap, ObjectReference, ResolvedReference, SocketLike } from "../backend.ts";
import { decode, describe, type Value } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import { errno } from "../errno.ts";
import { type CommonHandle, EntriesHandle, type NamedMap, type UpdateMode, type ValueForm } from "./map.ts";
import type { ProgramHandle } from "./program.ts";

/** A loaded program, or an open descriptor of one. */
export type ProgramLike = Pick<ProgramHandle, "raw"> | number;

/** A map that holds objects by key: `KI` is written as a key and `K` read, `O` is what is stored and `V` what is read of it. */
export interface ObjectMapHandle<K, KI, V, O> extends Omit<CommonHandle<K, KI, V, O>, "freeze"> {}

/** An array of programs: what is read is their ids. */
export interface ProgramArrayHandle extends ObjectMapHandle<number, number, number, ProgramLike> {}

/** A map of sockets: what is read is their cookies. */
export interface SocketMapHandle<K, KI> extends ObjectMapHandle<K, KI, bigint, SocketLike> {}

/** An array whose entries the kernel does not tell again. */
export interface WriteOnlyArrayHandle<O> extends NamedMap {
  /** Stores an object. @throws DiagnosticError BPF6161, BPF6167 */
  set(index: number, object: O): void;
  /** Takes out what is there, if something is; false where the kernel says that nothing was. */
  delete(index: number): boolean;
  /** Takes out everything. */
  clear(): void;
}

/** The reference that a program or descriptor is. @throws DiagnosticError BPF6151 */
export function programReference(value: unknown, path: string): ObjectReference | number {
  if (typeof value === "number") return value;
  const raw = typeof value === "object" && value !== null && "raw" in value ? value.raw : undefined;
  if (typeof raw === "object" && raw !== null && "run" in raw) {
    return { kind: "program", program: raw as ProgramHandle["raw"] };
  }
  throw loaderError("valueKind", { message: `${path} takes a loaded program or a descriptor, not ${describe(value)}` });
}

/** What values of each map type name, where it is one object alone. */
const referenceOf: { readonly [T in MapTypeName]?: (value: unknown, path: string) => ObjectReference | number } = {
  progArray: programReference,
  cgroupArray: (at) => ({ kind: "cgroup", at: at as string | number }),
  sockMap: (socket) => ({ kind: "socket", socket: socket as SocketLike }),
  sockHash: (socket) => ({ kind: "socket", socket: socket as SocketLike }),
  reusePortSockArray: (socket) => ({ kind: "socket", socket: socket as SocketLike }),
  xskMap: (socket) => ({ kind: "socket", socket: socket as SocketLike }),
};

/** The number that stands for an object in a map, until it is disposed. @throws DiagnosticError */
export function resolveIn(raw: BackendMap, reference: ObjectReference | number, path: string): ResolvedReference {
  if (typeof reference !== "number") {
    if (raw.resolve) return raw.resolve(reference);
    throw loaderError("noOperation", { message: `${path}: this back end cannot name a ${reference.kind}` });
  }
  if (Number.isInteger(reference) && reference >= 0 && reference <= 0x7fff_ffff)
    return { number: reference, [Symbol.dispose]: () => {} };
  throw loaderError("valueRange", { message: `${path}: a descriptor is a whole number from 0, not ${reference}` });
}

/** Bytes of a value of a map of objects: unsigned numbers of 4 bytes, one after another, zero behind them. */
export function numbersIn(size: number, ...numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Math.max(size, 4 * numbers.length));
  const view = new DataView(bytes.buffer);
  for (const [index, number] of numbers.entries()) view.setUint32(index * 4, number, true);
  return bytes.subarray(0, size);
}

/** A map of objects; those with more than one number in a value extend it. */
export class ObjectsHandle extends EntriesHandle {
  constructor(raw: BackendMap, decodeValue?: (bytes: Uint8Array) => Value) {
    const encode = (): Uint8Array => {
      throw new Error(`handles/references: ${raw.spec.name} stores objects, not values`);
    };
    const form: ValueForm = { encode, decode: decodeValue ?? ((bytes) => decode(raw.spec.value, bytes)) };
    super(raw, form);
  }

  /** Calls `store` with the bytes of a value, while what it names is open. */
  protected withValue(value: unknown, store: (bytes: Uint8Array) => void): void {
    const path = `${this.name} value`;
    const reference = referenceOf[this.spec.type]?.(value, path);
    if (reference === undefined) throw new Error(`handles/references: ${this.spec.type} has no reference`);
    using resolved = resolveIn(this.raw, reference, path);
    store(numbersIn(this.spec.value.size, resolved.number));
  }

  override set(key: unknown, value: unknown, mode: UpdateMode = 0): void {
    const bytes = this.keyBytes(key);
    this.withValue(value, (given) => {
      const status = this.raw.update(bytes, given, mode);
      if (status === -errno.EBADF && this.raw.lookup(bytes) === -errno.EBADF) throw loaderError("disposed");
      this.check("set", status, bytes);
    });
  }

  override setMany(entries: Iterable<readonly [key: unknown, value: unknown]>): void {
    for (const [key, value] of entries) this.set(key, value);
  }

  override delete(key: unknown): boolean {
    const bytes = this.keyBytes(key);
    const status = this.raw.delete(bytes);
    // Some types answer EINVAL where there is nothing.
    if (status === -errno.ENOENT || status === -errno.EINVAL) return false;
    this.check("delete", status, bytes);
    return true;
  }
}

/** An array of objects that the kernel does not tell again. */
export class WriteOnlyHandle extends ObjectsHandle {
  override clear(): void {
    for (let index = 0; index < this.spec.maxEntries; index++) this.delete(index);
  }
}

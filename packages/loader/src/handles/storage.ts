// Handles of storages: values that belong to a socket, a process, a file or a cgroup, and vanish with it. In user space the
// owner is named by a descriptor, which is opened for the one call; the kernel tells of no owner again.
import type { MapTypeName } from "@typebpf/abi";
import type { BackendMap, ObjectReference, SocketLike } from "../backend.ts";
import type { Value } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import { errno } from "../errno.ts";
import { EntriesHandle, type NamedMap, type UpdateMode } from "./map.ts";
import { numbersIn, resolveIn } from "./references.ts";

/** What may own a value, by map type. */
export interface StorageOwners {
  readonly skStorage: SocketLike;
  /** The number of a process. */
  readonly taskStorage: number;
  /** A path, or an open descriptor. */
  readonly inodeStorage: string | number;
  /** The path of a cgroup's directory, or an open descriptor of it. */
  readonly cgroupStorage: string | number;
}

/** Values by owner. */
export interface StorageHandle<Owner, V, VI> extends NamedMap {
  /** The owner's value, a copy; undefined where it has none. @throws DiagnosticError BPF6167, BPF6260 where there is no such owner */
  get(owner: Owner): V | undefined;
  has(owner: Owner): boolean;
  /** Stores a value. `mode`: ANY 0 (default), NOEXIST 1, EXIST 2. */
  set(owner: Owner, value: VI, mode?: UpdateMode): void;
  /** Removes the value; false where there was none. */
  delete(owner: Owner): boolean;
}

const ownerOf: { readonly [T in MapTypeName]?: (owner: unknown) => ObjectReference } = {
  skStorage: (socket) => ({ kind: "socket", socket: socket as SocketLike }),
  taskStorage: (pid) => ({ kind: "process", pid: pid as number }),
  inodeStorage: (at) => ({ kind: "file", at: at as string | number }),
  cgroupStorage: (at) => ({ kind: "cgroup", at: at as string | number }),
};

/** A storage of either back end. */
export class OwnedHandle extends EntriesHandle {
  private withOwner<T>(owner: unknown, act: (key: Uint8Array) => T): T {
    const path = `${this.name} owner`;
    const reference = ownerOf[this.spec.type]?.(owner);
    if (!reference) throw new Error(`handles/storage: ${this.spec.type} has no owners`);
    using resolved = resolveIn(this.raw, reference, path);
    return act(numbersIn(this.spec.key.size, resolved.number));
  }

  override get(owner: unknown): Value | undefined {
    return this.withOwner(owner, (key) => {
      const found = this.raw.lookup(key);
      if (typeof found !== "number") return this.form.decode(found);
      if (found !== -errno.ENOENT) this.check("get", found, key);
      return undefined;
    });
  }

  override set(owner: unknown, value: unknown, mode: UpdateMode = 0): void {
    const bytes = this.form.encode(value);
    this.withOwner(owner, (key) => this.check("set", this.raw.update(key, bytes, mode), key));
  }

  override setMany(entries: Iterable<readonly [owner: unknown, value: unknown]>): void {
    for (const [owner, value] of entries) this.set(owner, value);
  }

  override delete(owner: unknown): boolean {
    return this.withOwner(owner, (key) => {
      const status = this.raw.delete(key);
      if (status === -errno.ENOENT) return false;
      this.check("delete", status, key);
      return true;
    });
  }

  override clear(): void {
    throw loaderError("noOperation", { message: `the kernel does not tell whose values "${this.name}" holds` });
  }
}

/** The handle of a storage. */
export function storageHandle(raw: BackendMap): OwnedHandle {
  return new OwnedHandle(raw);
}

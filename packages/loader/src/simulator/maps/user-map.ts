// A map as user space holds it: the same map until its object is disposed, then every operation fails with EBADF, as
// with a closed file descriptor.
import { type MapSpec, mapCreateFlags } from "@typebpf/abi";
import type {
  BackendInnerMaps,
  BackendMap,
  BackendPerfReader,
  BackendRingBuffer,
  BackendUserRing,
  ObjectReference,
  PerfReaderOptions,
  ResolvedReference,
} from "../../backend.ts";
import { loaderError } from "../../diagnostics.ts";
import { errno, mapError } from "../../errno.ts";

export class UserMap implements BackendMap {
  readonly spec: MapSpec;
  readonly copies: number;
  readonly bufferSize: number;
  /** What only some types have. */
  readonly ringBuffer?: () => BackendRingBuffer;
  readonly perfReader?: (options?: PerfReaderOptions) => BackendPerfReader;
  readonly userRing?: () => BackendUserRing;
  readonly lookupAndDelete?: (key: Uint8Array) => Uint8Array | number;
  readonly contains?: (value: Uint8Array) => number;
  readonly resolve?: (reference: ObjectReference) => ResolvedReference;
  readonly inner?: BackendInnerMaps;
  private readonly map: BackendMap;
  private readonly closed: () => boolean;
  private frozen = false;

  constructor(map: BackendMap, closed: () => boolean) {
    this.map = map;
    this.closed = closed;
    this.spec = map.spec;
    this.copies = map.copies;
    this.bufferSize = map.bufferSize;
    if (map.ringBuffer) this.ringBuffer = this.opening(map.ringBuffer.bind(map));
    const openPerf = map.perfReader?.bind(map);
    if (openPerf) this.perfReader = (options) => this.opening(() => openPerf(options))();
    if (map.userRing) this.userRing = this.opening(map.userRing.bind(map));
    if (map.resolve) this.resolve = map.resolve.bind(map);
    if (map.inner) this.inner = map.inner;
    const { lookupAndDelete, contains } = map;
    if (lookupAndDelete) {
      this.lookupAndDelete = (key) => this.refusal() || this.blindness() || lookupAndDelete.call(map, key);
    }
    if (contains) this.contains = (value) => this.blindness() || contains.call(map, value);
  }

  private opening<T>(open: () => T): () => T {
    return () => {
      if (this.closed()) throw loaderError("disposed");
      return open();
    };
  }

  /** 0, or the negative errno with which every change fails. */
  private refusal(): number {
    if (this.closed()) return -errno.EBADF;
    return this.frozen ? -errno.EPERM : 0;
  }

  /** 0, or the negative errno with which every look fails. */
  private blindness(): number {
    if (this.closed()) return -errno.EBADF;
    return (this.spec.flags & mapCreateFlags.WRONLY) === 0 ? 0 : -errno.EPERM;
  }

  freeze(): number {
    if (this.closed()) return -errno.EBADF;
    // Who cannot write cannot freeze.
    if (this.frozen || (this.spec.flags & mapCreateFlags.RDONLY) !== 0) return -errno.EPERM;
    this.frozen = true;
    return 0;
  }

  private readable(): BackendMap {
    if (this.closed()) throw loaderError("disposed");
    if (this.blindness() !== 0) throw mapError(this.spec, "entries", -errno.EPERM);
    return this.map;
  }

  lookup(key: Uint8Array): Uint8Array | number {
    return this.blindness() || this.map.lookup(key);
  }

  update(key: Uint8Array, value: Uint8Array, flags: number): number {
    return this.refusal() || this.map.update(key, value, flags);
  }

  delete(key: Uint8Array): number {
    return this.refusal() || this.map.delete(key);
  }

  nextKey(key: Uint8Array | undefined): Uint8Array | undefined {
    return this.readable().nextKey(key);
  }

  entries(): Iterable<readonly [key: Uint8Array, value: Uint8Array]> {
    return this.readable().entries();
  }

  updateBatch(
    entries: readonly (readonly [Uint8Array, Uint8Array])[],
    flags: number,
  ): { readonly status: number; readonly written: number } {
    const status = this.refusal();
    return status === 0 ? this.map.updateBatch(entries, flags) : { status, written: 0 };
  }
}

// A map as user space holds it: the same map until its object is disposed, then every operation fails with EBADF, as
// with a closed file descriptor.
import type { MapSpec } from "@typebpf/abi";
import type { BackendMap, BackendRingBuffer } from "../../backend.ts";
import { loaderError } from "../../diagnostics.ts";
import { errno } from "../../errno.ts";

export class UserMap implements BackendMap {
  readonly spec: MapSpec;
  readonly copies: number;
  readonly bufferSize: number;
  /** Only of maps that have records. */
  readonly ringBuffer?: () => BackendRingBuffer;
  private readonly map: BackendMap;
  private readonly closed: () => boolean;

  constructor(map: BackendMap, closed: () => boolean) {
    this.map = map;
    this.closed = closed;
    this.spec = map.spec;
    this.copies = map.copies;
    this.bufferSize = map.bufferSize;
    const open = map.ringBuffer?.bind(map);
    if (!open) return;
    this.ringBuffer = () => {
      if (closed()) throw loaderError("disposed");
      return open();
    };
  }

  private readable(): BackendMap {
    if (this.closed()) throw loaderError("disposed");
    return this.map;
  }

  lookup(key: Uint8Array): Uint8Array | number {
    return this.closed() ? -errno.EBADF : this.map.lookup(key);
  }

  update(key: Uint8Array, value: Uint8Array, flags: number): number {
    return this.closed() ? -errno.EBADF : this.map.update(key, value, flags);
  }

  delete(key: Uint8Array): number {
    return this.closed() ? -errno.EBADF : this.map.delete(key);
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
    return this.closed() ? { status: -errno.EBADF, written: 0 } : this.map.updateBatch(entries, flags);
  }
}

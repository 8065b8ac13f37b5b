// Bloom filters: kernel/bpf/bloom_filter.c (Linux 6.12). The kernel's hash has a random seed, so which values it takes for
// its own by mistake differs from map to map; here none is, which is one of the things that the kernel may do.
import type { MapSpec } from "@typebpf/abi";
import { errno } from "../../errno.ts";
import type { SimulatedMap } from "./map.ts";
import { updateFlags, userWriteStatus } from "./map.ts";

export class BloomFilter implements SimulatedMap {
  readonly spec: MapSpec;
  readonly copies = 1;
  readonly bufferSize: number;
  private readonly values = new Set<string>();

  constructor(spec: MapSpec) {
    this.spec = spec;
    this.bufferSize = spec.value.size;
  }

  /** As bpf_map_push_elem: 0 or a negative errno. */
  push(value: Uint8Array, flags: number): number {
    if (flags !== updateFlags.any) return -errno.EINVAL;
    this.values.add(value.join());
    return 0;
  }

  /** As bpf_map_peek_elem: 0, or ENOENT for what was never added. */
  contains(value: Uint8Array): number {
    if (value.length !== this.bufferSize) return -errno.EINVAL;
    return this.values.has(value.join()) ? 0 : -errno.ENOENT;
  }

  lookup(): number {
    return -errno.EINVAL;
  }

  update(key: Uint8Array, value: Uint8Array, flags: number): number {
    if (key.length !== 0 || value.length !== this.bufferSize) return -errno.EINVAL;
    const denied = userWriteStatus(this.spec);
    return denied === 0 ? this.push(value, flags) : denied;
  }

  delete(): number {
    return -errno.EOPNOTSUPP;
  }

  nextKey(): undefined {
    return undefined;
  }

  entries(): Iterable<readonly [key: Uint8Array, value: Uint8Array]> {
    return [];
  }

  updateBatch(): { readonly status: number; readonly written: number } {
    return { status: -errno.ENOTSUPP, written: 0 };
  }

  find(): undefined {
    return undefined;
  }

  store(): number {
    return -errno.EINVAL;
  }

  remove(): number {
    return -errno.EOPNOTSUPP;
  }

  endRun(): void {}
}

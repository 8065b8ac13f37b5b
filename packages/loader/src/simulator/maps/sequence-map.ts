// Queues and stacks: kernel/bpf/queue_stack_maps.c (Linux 6.12).
import type { MapSpec } from "@typebpf/abi";
import { errno } from "../../errno.ts";
import type { SimulatedMap } from "./map.ts";
import { updateFlags, userWriteStatus } from "./map.ts";

export class SequenceMap implements SimulatedMap {
  readonly spec: MapSpec;
  readonly copies = 1;
  readonly bufferSize: number;
  /** Oldest first. */
  private readonly values: Uint8Array[] = [];

  constructor(spec: MapSpec) {
    this.spec = spec;
    this.bufferSize = spec.value.size;
  }

  /** As bpf_map_push_elem: 0 or a negative errno. */
  push(value: Uint8Array, flags: number): number {
    if (flags === updateFlags.noExist || flags > updateFlags.exist) return -errno.EINVAL;
    if (this.values.length >= this.spec.maxEntries) {
      if (flags !== updateFlags.exist) return -errno.E2BIG;
      this.values.shift();
    }
    this.values.push(value.slice());
    return 0;
  }

  /** The next value, oldest or newest by the type. */
  peek(): Uint8Array | undefined {
    return this.values.at(this.spec.type === "queue" ? 0 : -1);
  }

  pop(): Uint8Array | undefined {
    return this.spec.type === "queue" ? this.values.shift() : this.values.pop();
  }

  lookup(key: Uint8Array): Uint8Array | number {
    return key.length === 0 ? (this.peek()?.slice() ?? -errno.ENOENT) : -errno.EINVAL;
  }

  lookupAndDelete(key: Uint8Array): Uint8Array | number {
    if (key.length !== 0) return -errno.EINVAL;
    const denied = userWriteStatus(this.spec);
    return denied === 0 ? (this.pop() ?? -errno.ENOENT) : denied;
  }

  update(key: Uint8Array, value: Uint8Array, flags: number): number {
    if (key.length !== 0 || value.length !== this.bufferSize) return -errno.EINVAL;
    const denied = userWriteStatus(this.spec);
    return denied === 0 ? this.push(value, flags) : denied;
  }

  delete(): number {
    return -errno.EINVAL;
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
    return -errno.EINVAL;
  }

  endRun(): void {}
}

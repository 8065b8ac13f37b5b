// Array maps, with one value per index, or one for each CPU: kernel/bpf/arraymap.c. Every index always exists.
// Slots are index × copies + CPU.

import type { MapSpec } from "@typebpf/abi";
import { errno } from "../../errno.ts";
import type { Memory } from "../memory.ts";
import { checkFlags, entriesOf, type SimulatedMap, updateAll, updateFlags, userWriteStatus } from "./map.ts";
import { ValueStore } from "./value-store.ts";

export class ArrayMap implements SimulatedMap {
  readonly spec: MapSpec;
  readonly copies: number;
  readonly bufferSize: number;
  private readonly values: ValueStore;
  private readonly cpu: number;

  /** `cpu` is the one whose copy programs see; 0 for maps with one copy. */
  constructor(spec: MapSpec, memory: Memory, copies = 1, cpu = 0) {
    this.spec = spec;
    this.copies = copies;
    this.cpu = cpu;
    this.values = new ValueStore(memory, spec, spec.maxEntries * copies);
    this.bufferSize = copies === 1 && spec.type !== "perCpuArray" ? spec.value.size : this.values.stride * copies;
  }

  private indexOf(key: Uint8Array): number {
    return new DataView(key.buffer, key.byteOffset, key.byteLength).getUint32(0, true);
  }

  private slotOf(index: number, cpu: number): number {
    return index * this.copies + cpu;
  }

  directValue(): number | undefined {
    return this.spec.type === "array" && this.spec.maxEntries === 1 ? this.values.high(0) : undefined;
  }

  find(key: Uint8Array): number | undefined {
    return this.findCopy(key, this.cpu);
  }

  findCopy(key: Uint8Array, cpu: number): number | undefined {
    const index = this.indexOf(key);
    if (index >= this.spec.maxEntries || cpu >= this.copies) return undefined;
    return this.values.high(this.slotOf(index, cpu));
  }

  *elements(): Generator<readonly [key: Uint8Array, high: number]> {
    const key = new Uint8Array(4);
    for (let index = 0; index < this.spec.maxEntries; index++) {
      new DataView(key.buffer).setUint32(0, index, true);
      yield [key, this.values.high(this.slotOf(index, this.cpu))];
    }
  }

  private refusal(index: number, flags: number): number {
    const unknown = checkFlags(flags);
    if (unknown !== 0) return unknown;
    if (index >= this.spec.maxEntries) return -errno.E2BIG;
    return flags === updateFlags.noExist ? -errno.EEXIST : 0;
  }

  store(key: Uint8Array, value: Uint8Array, flags: number): number {
    const index = this.indexOf(key);
    const refused = this.refusal(index, flags);
    if (refused === 0) this.values.view(this.slotOf(index, this.cpu)).set(value.subarray(0, this.values.size));
    return refused;
  }

  remove(_key: Uint8Array): number {
    return -errno.EINVAL;
  }

  endRun(): void {}

  lookup(key: Uint8Array): Uint8Array | number {
    if (key.length !== this.spec.key.size) return -errno.EINVAL;
    const index = this.indexOf(key);
    if (index >= this.spec.maxEntries) return -errno.ENOENT;
    const all = new Uint8Array(this.bufferSize);
    for (let cpu = 0; cpu < this.copies; cpu++) {
      const one = this.values.view(this.slotOf(index, cpu));
      all.set(this.copies === 1 ? one.subarray(0, this.bufferSize) : one, cpu * this.values.stride);
    }
    return all;
  }

  update(key: Uint8Array, value: Uint8Array, flags: number): number {
    if (key.length !== this.spec.key.size || value.length !== this.bufferSize) return -errno.EINVAL;
    const denied = userWriteStatus(this.spec);
    if (denied !== 0) return denied;
    const index = this.indexOf(key);
    const refused = this.refusal(index, flags);
    if (refused !== 0) return refused;
    const { stride } = this.values;
    for (let cpu = 0; cpu < this.copies; cpu++) {
      // As in the kernel, what user space writes behind a per-CPU value, up to 8 bytes, is kept.
      this.values.view(this.slotOf(index, cpu)).set(value.subarray(cpu * stride, (cpu + 1) * stride));
    }
    return 0;
  }

  delete(key: Uint8Array): number {
    if (key.length !== this.spec.key.size) return -errno.EINVAL;
    const denied = userWriteStatus(this.spec);
    return denied === 0 ? this.remove(key) : denied;
  }

  nextKey(key: Uint8Array | undefined): Uint8Array | undefined {
    const index = key === undefined ? this.spec.maxEntries : this.indexOf(key);
    if (index === this.spec.maxEntries - 1) return undefined;
    const next = new Uint8Array(4);
    new DataView(next.buffer).setUint32(0, index >= this.spec.maxEntries ? 0 : index + 1, true);
    return next;
  }

  entries(): Iterable<readonly [key: Uint8Array, value: Uint8Array]> {
    return entriesOf(this);
  }

  updateBatch(
    entries: readonly (readonly [Uint8Array, Uint8Array])[],
    flags: number,
  ): { readonly status: number; readonly written: number } {
    return updateAll(this, entries, flags);
  }
}

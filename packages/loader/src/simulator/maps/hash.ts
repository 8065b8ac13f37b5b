// Hash maps, with one value per key, or one for each CPU: kernel/bpf/hashtab.c. An update of an existing key makes a new
// value and lets go of the old one, so that a pointer from before still shows the old value; per-CPU values are changed
// in place, the other CPUs' copies of a new one are zero. Iteration goes by slot, not by hash: orders are not comparable.

import { type MapSpec, mapTypes } from "@typebpf/abi";
import { errno } from "../../errno.ts";
import type { Memory } from "../memory.ts";
import { checkFlags, entriesOf, type SimulatedMap, updateAll, updateFlags, userWriteStatus } from "./map.ts";
import { ValueStore } from "./value-store.ts";

type KeyToken = number | string;

/** Something that JavaScript can look up, equal exactly for equal bytes. */
function tokenOf(key: Uint8Array): KeyToken {
  if (key.length === 4) return (key[0] ?? 0) | ((key[1] ?? 0) << 8) | ((key[2] ?? 0) << 16) | ((key[3] ?? 0) << 24);
  let text = "";
  for (let index = 0; index < key.length; index++) text += String.fromCharCode(key[index] ?? 0);
  return text;
}

export class HashMap implements SimulatedMap {
  readonly spec: MapSpec;
  readonly copies: number;
  readonly bufferSize: number;
  /** First slots by key, in order of insertion. */
  protected readonly slots = new Map<KeyToken, number>();
  /** Keys by number of the group of slots; undefined for those that hold nothing. */
  protected readonly keys: (Uint8Array | undefined)[] = [];
  private readonly values: ValueStore;
  private readonly perCpu: boolean;
  private readonly cpu: number;

  /** `cpu` is the one whose copy programs see; 0 for maps with one copy. */
  constructor(spec: MapSpec, memory: Memory, copies = 1, cpu = 0) {
    this.spec = spec;
    this.copies = copies;
    this.cpu = cpu;
    this.perCpu = mapTypes[spec.type].perCpu;
    this.values = new ValueStore(memory, spec, 0, copies);
    this.bufferSize = this.perCpu ? this.values.stride * copies : spec.value.size;
  }

  /** Called for each use of an entry by a program, and for each change. */
  protected used(_token: KeyToken, _slot: number): void {}

  /** Makes room for a new entry: 0, or a negative errno. */
  protected makeRoom(): number {
    return this.slots.size < this.spec.maxEntries ? 0 : -errno.E2BIG;
  }

  protected drop(token: KeyToken, slot: number): void {
    this.slots.delete(token);
    this.keys[slot / this.copies] = undefined;
    this.values.release(slot);
  }

  /** The copy of a value that programs see. */
  private programView(slot: number): Uint8Array {
    return this.values.view(slot + this.cpu);
  }

  /** Writes what user space gives, all copies; what it writes behind a per-CPU value, up to 8 bytes, is kept. */
  private writeAll(slot: number, value: Uint8Array): void {
    const { stride } = this.values;
    for (let cpu = 0; cpu < this.copies; cpu++) {
      this.values.view(slot + cpu).set(value.subarray(cpu * stride, (cpu + 1) * stride));
    }
  }

  find(key: Uint8Array): number | undefined {
    return this.findCopy(key, this.cpu);
  }

  findCopy(key: Uint8Array, cpu: number): number | undefined {
    const token = tokenOf(key);
    const slot = this.slots.get(token);
    if (slot === undefined || cpu >= this.copies) return undefined;
    this.used(token, slot);
    return this.values.high(slot + cpu);
  }

  *elements(): Generator<readonly [key: Uint8Array, high: number]> {
    for (const key of this.keys.filter((one) => one !== undefined)) {
      const slot = this.slots.get(tokenOf(key));
      if (slot !== undefined) yield [key, this.values.high(slot + this.cpu)];
    }
  }

  /** 0 where an update may go on, else a negative errno. `old` is the entry there is. */
  private refusal(old: number | undefined, flags: number): number {
    const unknown = checkFlags(flags);
    if (unknown !== 0) return unknown;
    if (old !== undefined) return flags === updateFlags.noExist ? -errno.EEXIST : 0;
    return flags === updateFlags.exist ? -errno.ENOENT : 0;
  }

  /** Makes an entry without a value. */
  private insert(token: KeyToken, key: Uint8Array): number {
    const slot = this.values.allocate();
    this.slots.set(token, slot);
    this.keys[slot / this.copies] = key;
    return slot;
  }

  store(key: Uint8Array, value: Uint8Array, flags: number): number {
    const token = tokenOf(key);
    const old = this.slots.get(token);
    const refused = this.refusal(old, flags);
    if (refused !== 0) return refused;
    const full = old === undefined ? this.makeRoom() : 0;
    if (full !== 0) return full;
    // The key or the value may lie in this map: copies first.
    const [keyBytes, valueBytes] = [key.slice(), value.slice(0, this.values.size)];
    if (old !== undefined && !this.perCpu) this.drop(token, old);
    const slot = old !== undefined && this.perCpu ? old : this.insert(token, keyBytes);
    this.programView(slot).set(valueBytes);
    this.used(token, slot);
    return 0;
  }

  remove(key: Uint8Array): number {
    const token = tokenOf(key);
    const slot = this.slots.get(token);
    if (slot === undefined) return -errno.ENOENT;
    this.drop(token, slot);
    return 0;
  }

  endRun(): void {
    this.values.endRun();
  }

  lookup(key: Uint8Array): Uint8Array | number {
    if (key.length !== this.spec.key.size) return -errno.EINVAL;
    const slot = this.slots.get(tokenOf(key));
    if (slot === undefined) return -errno.ENOENT;
    if (!this.perCpu) return this.values.view(slot).slice(0, this.bufferSize);
    const all = new Uint8Array(this.bufferSize);
    for (let cpu = 0; cpu < this.copies; cpu++) all.set(this.values.view(slot + cpu), cpu * this.values.stride);
    return all;
  }

  update(key: Uint8Array, value: Uint8Array, flags: number): number {
    if (key.length !== this.spec.key.size || value.length !== this.bufferSize) return -errno.EINVAL;
    const denied = userWriteStatus(this.spec);
    if (denied !== 0) return denied;
    const token = tokenOf(key);
    const old = this.slots.get(token);
    const refused = this.refusal(old, flags);
    if (refused !== 0) return refused;
    const full = old === undefined ? this.makeRoom() : 0;
    if (full !== 0) return full;
    // No program runs now: in place, so that an iteration meets the entry once.
    const slot = old ?? this.insert(token, key.slice());
    this.writeAll(slot, value);
    this.used(token, slot);
    this.endRun();
    return 0;
  }

  delete(key: Uint8Array): number {
    if (key.length !== this.spec.key.size) return -errno.EINVAL;
    const denied = userWriteStatus(this.spec);
    if (denied !== 0) return denied;
    const status = this.remove(key);
    this.endRun();
    return status;
  }

  nextKey(key: Uint8Array | undefined): Uint8Array | undefined {
    const from = key === undefined ? undefined : this.slots.get(tokenOf(key));
    for (let at = from === undefined ? 0 : from / this.copies + 1; at < this.keys.length; at++) {
      const next = this.keys[at];
      if (next) return next.slice();
    }
    return undefined;
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

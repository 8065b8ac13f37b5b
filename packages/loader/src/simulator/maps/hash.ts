// Hash maps: kernel/bpf/hashtab.c. An update of an existing key makes a new value and lets go of the old one, so that a
// pointer from before still shows the old value. Iteration goes by slot, not by hash: orders are not comparable.

import type { MapSpec } from "@typebpf/abi";
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
  readonly copies = 1;
  readonly bufferSize: number;
  /** Slots by key, in order of insertion. */
  protected readonly slots = new Map<KeyToken, number>();
  /** Keys by slot; undefined for slots that hold nothing. */
  protected readonly keys: (Uint8Array | undefined)[] = [];
  private readonly values: ValueStore;

  constructor(spec: MapSpec, memory: Memory) {
    this.spec = spec;
    this.bufferSize = spec.value.size;
    this.values = new ValueStore(memory, spec, 0);
  }

  /** Called for each use of an entry by a program, and for each change. */
  protected used(_token: KeyToken, _slot: number): void {}

  /** Makes room for a new entry: 0, or a negative errno. */
  protected makeRoom(): number {
    return this.slots.size < this.spec.maxEntries ? 0 : -errno.E2BIG;
  }

  protected drop(token: KeyToken, slot: number): void {
    this.slots.delete(token);
    this.keys[slot] = undefined;
    this.values.release(slot);
  }

  find(key: Uint8Array): number | undefined {
    const token = tokenOf(key);
    const slot = this.slots.get(token);
    if (slot === undefined) return undefined;
    this.used(token, slot);
    return this.values.high(slot);
  }

  store(key: Uint8Array, value: Uint8Array, flags: number): number {
    const unknown = checkFlags(flags);
    if (unknown !== 0) return unknown;
    const token = tokenOf(key);
    const old = this.slots.get(token);
    if (old !== undefined && flags === updateFlags.noExist) return -errno.EEXIST;
    if (old === undefined && flags === updateFlags.exist) return -errno.ENOENT;
    const full = old === undefined ? this.makeRoom() : 0;
    if (full !== 0) return full;
    // The key or the value may lie in this map: copies first.
    const keyBytes = key.slice();
    const slot = this.values.allocate(value);
    if (old !== undefined) this.drop(token, old);
    this.slots.set(token, slot);
    this.keys[slot] = keyBytes;
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
    return slot === undefined ? -errno.ENOENT : this.values.view(slot).slice(0, this.bufferSize);
  }

  update(key: Uint8Array, value: Uint8Array, flags: number): number {
    if (key.length !== this.spec.key.size || value.length !== this.bufferSize) return -errno.EINVAL;
    const denied = userWriteStatus(this.spec);
    if (denied !== 0) return denied;
    const slot = this.slots.get(tokenOf(key));
    // No program runs now: in place, so that an iteration meets the entry once.
    if (slot !== undefined && checkFlags(flags) === 0 && flags !== updateFlags.noExist) {
      this.values.view(slot).set(value);
      this.used(tokenOf(key), slot);
      return 0;
    }
    const status = this.store(key, value, flags);
    this.endRun();
    return status;
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
    for (let slot = from === undefined ? 0 : from + 1; slot < this.keys.length; slot++) {
      const next = this.keys[slot];
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

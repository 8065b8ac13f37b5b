// Longest-prefix-match tries as maps: kernel/bpf/lpm_trie.c. Keys are a native u32, the prefix length in bits, and data.
// Lookups match, updates and deletions mean exactly one prefix; a full trie answers ENOSPC. An update makes a new value
// and lets go of the old one, so that a pointer from before still shows the old value.
import type { MapSpec } from "@typebpf/abi";
import { errno } from "../../errno.ts";
import type { Memory } from "../memory.ts";
import { checkFlags, entriesOf, type SimulatedMap, updateAll, updateFlags, userWriteStatus } from "./map.ts";
import { PrefixTrie, type TrieNode } from "./prefix-trie.ts";
import { ValueStore } from "./value-store.ts";

/** Bytes of the prefix length, before the data. */
const LENGTH_BYTES = 4;

function keyOf({ prefix, data }: TrieNode): Uint8Array {
  const key = new Uint8Array(LENGTH_BYTES + data.length);
  new DataView(key.buffer).setUint32(0, prefix, true);
  key.set(data, LENGTH_BYTES);
  return key;
}

export class LpmTrie implements SimulatedMap {
  readonly spec: MapSpec;
  readonly copies = 1;
  readonly bufferSize: number;
  private readonly longest: number;
  private readonly values: ValueStore;
  private readonly trie = new PrefixTrie();
  private count = 0;

  constructor(spec: MapSpec, memory: Memory) {
    this.spec = spec;
    this.bufferSize = spec.value.size;
    this.longest = (spec.key.size - LENGTH_BYTES) * 8;
    this.values = new ValueStore(memory, spec, 0);
  }

  private prefixOf(key: Uint8Array): number {
    return new DataView(key.buffer, key.byteOffset, key.byteLength).getUint32(0, true);
  }

  private match(key: Uint8Array): number | undefined {
    const prefix = this.prefixOf(key);
    return prefix > this.longest ? undefined : this.trie.match(prefix, key.subarray(LENGTH_BYTES))?.entry;
  }

  find(key: Uint8Array): number | undefined {
    const slot = this.match(key);
    return slot === undefined ? undefined : this.values.high(slot);
  }

  /** 0 where an update may go on, else a negative errno. */
  private refusal(old: TrieNode | undefined, flags: number): number {
    if (old) return flags === updateFlags.noExist ? -errno.EEXIST : 0;
    if (flags === updateFlags.exist) return -errno.ENOENT;
    return this.count < this.spec.maxEntries ? 0 : -errno.ENOSPC;
  }

  store(key: Uint8Array, value: Uint8Array, flags: number): number {
    const prefix = this.prefixOf(key);
    if (checkFlags(flags) !== 0 || prefix > this.longest) return -errno.EINVAL;
    // The key or the value may lie in this map: copies first.
    const data = key.slice(LENGTH_BYTES);
    const bytes = value.slice(0, this.values.size);
    const old = this.trie.find(prefix, data);
    const refused = this.refusal(old, flags);
    if (refused !== 0) return refused;
    const slot = this.values.allocate();
    this.values.view(slot).set(bytes);
    if (old?.entry === undefined) this.count += 1;
    else this.values.release(old.entry);
    this.trie.set(prefix, data, slot);
    return 0;
  }

  remove(key: Uint8Array): number {
    const prefix = this.prefixOf(key);
    if (prefix > this.longest) return -errno.EINVAL;
    const slot = this.trie.delete(prefix, key.subarray(LENGTH_BYTES));
    if (slot === undefined) return -errno.ENOENT;
    this.count -= 1;
    this.values.release(slot);
    return 0;
  }

  endRun(): void {
    this.values.endRun();
  }

  lookup(key: Uint8Array): Uint8Array | number {
    if (key.length !== this.spec.key.size) return -errno.EINVAL;
    const slot = this.match(key);
    return slot === undefined ? -errno.ENOENT : this.values.view(slot).slice(0, this.bufferSize);
  }

  update(key: Uint8Array, value: Uint8Array, flags: number): number {
    if (key.length !== this.spec.key.size || value.length !== this.bufferSize) return -errno.EINVAL;
    const denied = userWriteStatus(this.spec);
    if (denied !== 0) return denied;
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
    const prefix = key === undefined ? this.longest + 1 : this.prefixOf(key);
    const data = key?.subarray(LENGTH_BYTES);
    const next = this.trie.next(data === undefined || prefix > this.longest ? undefined : { prefix, data });
    return next && keyOf(next);
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

// LRU hash maps: as hash maps, but a full one makes room. The kernel keeps approximate lists per CPU, marks entries that
// programs look up, and evicts in batches (kernel/bpf/bpf_lru_list.c); here the one least recently used entry goes,
// exactly. So a kernel map may forget entries earlier than this one, and others.
import { HashMap } from "./hash.ts";

export class LruHashMap extends HashMap {
  /** The Map keeps its order of insertion: what is used moves to its end. */
  protected override used(token: number | string, slot: number): void {
    this.slots.delete(token);
    this.slots.set(token, slot);
  }

  protected override makeRoom(): number {
    if (this.slots.size < this.spec.maxEntries) return 0;
    for (const [token, slot] of this.slots) {
      this.drop(token, slot);
      return 0;
    }
    return super.makeRoom();
  }
}

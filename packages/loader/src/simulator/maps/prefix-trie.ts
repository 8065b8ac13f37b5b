// A trie of bit prefixes as the kernel builds it: kernel/bpf/lpm_trie.c. Nodes that only tell two children apart hold no
// entry; each has two children. Data keeps the bits behind its prefix as they were given. The order is postorder.

/** A node: `data` matters up to `prefix` bits, the most significant bit of its first byte first. */
export interface TrieNode {
  readonly prefix: number;
  readonly data: Uint8Array;
  /** The slot of its value; undefined for nodes that hold no entry. */
  entry: number | undefined;
  readonly children: [TrieNode | undefined, TrieNode | undefined];
}

/** Where a node hangs, or would: a child of `above`. */
interface Place {
  readonly above: TrieNode;
  readonly side: 0 | 1;
  readonly node: TrieNode | undefined;
  /** Bits that the node has in common with the key. */
  readonly common: number;
  /** The place of `above` itself. */
  readonly parent: Place | undefined;
}

function bitAt(data: Uint8Array, index: number): 0 | 1 {
  return ((data[index >> 3] ?? 0) & (0x80 >> (index & 7))) === 0 ? 0 : 1;
}

/** Leading bits that two pieces of data share, at most `limit`. */
function commonBits(left: Uint8Array, right: Uint8Array, limit: number): number {
  for (let at = 0; at * 8 < limit; at++) {
    const different = (left[at] ?? 0) ^ (right[at] ?? 0);
    if (different !== 0) return Math.min(limit, at * 8 + Math.clz32(different) - 24);
  }
  return limit;
}

/** The first entry in postorder below and at a node. */
function leftmost(top: TrieNode | undefined): TrieNode | undefined {
  let found: TrieNode | undefined;
  for (let node = top; node; ) {
    if (node.entry !== undefined) found = node;
    const [left, right] = node.children;
    node = left ?? (node.entry === undefined ? undefined : right);
  }
  return found;
}

export class PrefixTrie {
  /** Holds the root as its child 0. */
  private readonly top: TrieNode = {
    prefix: 0,
    data: new Uint8Array(0),
    entry: undefined,
    children: [undefined, undefined],
  };

  /** The entry with the longest prefix that matches and is no longer than the key's. */
  match(prefix: number, data: Uint8Array): TrieNode | undefined {
    let found: TrieNode | undefined;
    for (let node = this.top.children[0]; node; ) {
      if (commonBits(node.data, data, Math.min(node.prefix, prefix)) < node.prefix) break;
      if (node.entry !== undefined) found = node;
      if (node.prefix === prefix) break;
      node = node.children[bitAt(data, node.prefix)];
    }
    return found;
  }

  /** Where a key is, or would be. */
  private place(prefix: number, data: Uint8Array): Place {
    let at: Place = this.placeBelow(this.top, 0, undefined, prefix, data);
    while (at.node && at.node.prefix === at.common && at.node.prefix !== prefix) {
      at = this.placeBelow(at.node, bitAt(data, at.node.prefix), at, prefix, data);
    }
    return at;
  }

  private placeBelow(above: TrieNode, side: 0 | 1, parent: Place | undefined, prefix: number, data: Uint8Array): Place {
    const node = above.children[side];
    const common = node ? commonBits(node.data, data, Math.min(node.prefix, prefix)) : 0;
    return { above, side, node, common, parent };
  }

  private exactly(at: Place, prefix: number): TrieNode | undefined {
    return at.node && at.common === prefix && at.node.prefix === prefix ? at.node : undefined;
  }

  /** The entry with exactly this prefix. */
  find(prefix: number, data: Uint8Array): TrieNode | undefined {
    const node = this.exactly(this.place(prefix, data), prefix);
    return node?.entry === undefined ? undefined : node;
  }

  /** Puts an entry in, in place of one with the same prefix. `data` is kept. */
  set(prefix: number, data: Uint8Array, entry: number): void {
    const at = this.place(prefix, data);
    const { node } = at;
    const same = this.exactly(at, prefix);
    const made: TrieNode = { prefix, data, entry, children: [undefined, undefined] };
    if (!node) at.above.children[at.side] = made;
    else if (same) at.above.children[at.side] = { ...made, children: same.children };
    else if (at.common === prefix) {
      made.children[bitAt(node.data, prefix)] = node;
      at.above.children[at.side] = made;
    } else {
      const fork = bitAt(data, at.common);
      const children: TrieNode["children"] = fork === 0 ? [made, node] : [node, made];
      at.above.children[at.side] = { prefix: at.common, data: node.data, entry: undefined, children };
    }
  }

  /** Takes the entry with exactly this prefix out, and nodes that are then of no use; gives its slot. */
  delete(prefix: number, data: Uint8Array): number | undefined {
    const at = this.place(prefix, data);
    const node = this.exactly(at, prefix);
    if (node?.entry === undefined) return undefined;
    const { entry, children } = node;
    const [left, right] = children;
    if (left && right) node.entry = undefined;
    else if (!left && !right && at.parent && at.above.entry === undefined) {
      at.parent.above.children[at.parent.side] = at.above.children[at.side === 0 ? 1 : 0];
    } else at.above.children[at.side] = left ?? right;
    return entry;
  }

  /** The entry after a prefix, in postorder; the first one for a prefix that has no entry, or for none. */
  next(key: { readonly prefix: number; readonly data: Uint8Array } | undefined): TrieNode | undefined {
    const [root] = this.top.children;
    const place = key && this.place(key.prefix, key.data);
    if (!place || this.exactly(place, key.prefix)?.entry === undefined) return leftmost(root);
    for (let at: Place = place; at.parent; at = at.parent) {
      const right = at.side === 0 ? at.above.children[1] : undefined;
      if (right) return leftmost(right);
      if (at.above.entry !== undefined) return at.above;
    }
    return undefined;
  }
}

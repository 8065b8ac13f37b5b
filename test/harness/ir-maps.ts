// Maps for the IR interpreter, written apart from the simulator's so that they can disagree: entries by key in hex, each
// value with bytes of its own; a trie tries one length after another. One CPU. Error numbers as the kernel's helpers give them.
import { type MapSpec, mapTypes } from "@typebpf/abi";
import { hexBytes, hexText } from "./case-file.ts";

const EEXIST = -17;
const ENOENT = -2;
const E2BIG = -7;
const EINVAL = -22;
const ENOSPC = -28;
const NOEXIST = 1n;
const EXIST = 2n;

function prefixLength(key: Uint8Array): number {
  return new DataView(key.buffer, key.byteOffset).getUint32(0, true);
}

/** The key of a trie with another length, and zeros behind it. (The kernel keeps what was there: no case shows it.) */
function withPrefixLength(key: Uint8Array, length: number): Uint8Array {
  const changed = key.slice();
  new DataView(changed.buffer).setUint32(0, length, true);
  for (let bit = length; bit < (key.length - 4) * 8; bit++) {
    const at = 4 + (bit >> 3);
    changed[at] = (changed[at] ?? 0) & ~(0x80 >> (bit & 7));
  }
  return changed;
}

/** A map as the interpreter's helpers see it. */
export class IrMap {
  readonly spec: MapSpec;
  readonly #entries = new Map<string, Uint8Array>();

  constructor(spec: MapSpec) {
    this.spec = spec;
  }

  #index(key: Uint8Array): number {
    return new DataView(key.buffer, key.byteOffset).getUint32(0, true);
  }

  get #indexed(): boolean {
    return mapTypes[this.spec.type].keys === "index";
  }

  /** The bytes of the value, to change in place. */
  lookup(key: Uint8Array): Uint8Array | undefined {
    if (!this.#prefixed) return this.#exact(key);
    // From the longest prefix that the key has down to none.
    for (let length = prefixLength(key); length >= 0 && length <= (key.length - 4) * 8; length--) {
      const found = this.#exact(withPrefixLength(key, length));
      if (found) return found;
    }
    return undefined;
  }

  get #prefixed(): boolean {
    return mapTypes[this.spec.type].keys === "prefix";
  }

  #exact(given: Uint8Array): Uint8Array | undefined {
    const key = this.#prefixed ? withPrefixLength(given, prefixLength(given)) : given;
    const found = this.#entries.get(hexText(key));
    if (found || !this.#indexed || this.#index(key) >= this.spec.maxEntries) return found;
    const fresh = new Uint8Array(this.spec.value.size);
    this.#entries.set(hexText(key), fresh);
    return fresh;
  }

  update(given: Uint8Array, value: Uint8Array, flags: bigint): number {
    if (flags > EXIST || this.#tooLong(given)) return EINVAL;
    const key = this.#prefixed ? withPrefixLength(given, prefixLength(given)) : given;
    const old = this.#exact(key);
    if (this.#indexed && !old) return E2BIG;
    if (old && flags === NOEXIST) return EEXIST;
    if (!old && flags === EXIST) return ENOENT;
    if (old && this.#indexed) old.set(value);
    else {
      if (!old && this.#entries.size >= this.spec.maxEntries) {
        if (mapTypes[this.spec.type].full === "refuse") return this.#prefixed ? ENOSPC : E2BIG;
        throw new Error(`harness: ${this.spec.name} would evict, which no case may rely on`);
      }
      this.#entries.set(hexText(key), value.slice());
    }
    return 0;
  }

  #tooLong(key: Uint8Array): boolean {
    return this.#prefixed && prefixLength(key) > (key.length - 4) * 8;
  }

  delete(given: Uint8Array): number {
    if (this.#indexed || this.#tooLong(given)) return EINVAL;
    const key = this.#prefixed ? withPrefixLength(given, prefixLength(given)) : given;
    return this.#entries.delete(hexText(key)) ? 0 : ENOENT;
  }

  clear(): void {
    this.#entries.clear();
  }

  /** The entries that a walk meets: those there are at its start, but for those that vanish before their turn. */
  *elements(): Generator<readonly [key: Uint8Array, value: Uint8Array]> {
    if (this.#indexed) {
      for (let index = 0; index < this.spec.maxEntries; index++) {
        const key = new Uint8Array(4);
        new DataView(key.buffer).setUint32(0, index, true);
        const value = this.lookup(key);
        if (value) yield [key, value];
      }
      return;
    }
    for (const key of [...this.#entries.keys()]) {
      const value = this.#entries.get(key);
      if (value) yield [hexBytes(key), value];
    }
  }

  /** All entries as bytes; of arrays those that were touched. */
  *entries(): Generator<readonly [key: Uint8Array, value: Uint8Array]> {
    for (const [key, value] of this.#entries) yield [hexBytes(key), value];
  }
}

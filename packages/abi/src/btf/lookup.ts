// Names in a large BTF, the kernel's own, without an object for each of its types: one pass notes where types begin, a name
// is searched as bytes in the string section and then as its offset among the types. Takes any bytes; what is malformed
// holds nothing. (Documentation/bpf/btf.rst, section 2.)
import { BTF_HEADER_BYTES } from "./encode.ts";
import { readBtfType } from "./read-type.ts";
import { BtfMalformed, BtfReader, BtfTexts, partOf, readBtfHeader } from "./sections.ts";
import { type BtfComposite, type BtfId, type BtfKind, type BtfMember, type BtfType, btfKinds } from "./types.ts";

/** Bytes behind the first 12, by the number of the kind: so many, and so many for each that the type counts. */
const extraByNumber: readonly (readonly [fixed: number, each: number])[] = Array.from({ length: 32 }, (_, number) => {
  const row = Object.values(btfKinds).find((one) => one.number === number);
  return row ? [row.fixed, row.each] : [0, 0];
});

function startsOf(types: BtfReader): Uint32Array {
  const starts = new Uint32Array(Math.floor(types.byteLength / 12) + 1);
  let count = 0;
  for (let at = 0; at < types.byteLength; ) {
    const info = types.word(at + 4);
    const [fixed, each] = extraByNumber[(info >>> 24) & 31] ?? [0, 0];
    starts[count++] = at;
    at += 12 + fixed + each * (info & 0xffff);
  }
  return starts.subarray(0, count);
}

/** Where a member of a struct lies. */
export interface BtfPlace {
  /** In bits from the start of the struct. */
  readonly bitOffset: number;
  /** Bits of a bit field; 0 for other members. */
  readonly bitSize: number;
  readonly type: BtfId;
}

/** Types by name and by id. */
export class BtfIndex {
  readonly #types: BtfReader;
  readonly #starts: Uint32Array;
  readonly #strings: Uint8Array;
  readonly #texts: BtfTexts;
  readonly #found = new Map<string, BtfId>();

  private constructor(types: BtfReader, strings: Uint8Array) {
    this.#types = types;
    this.#starts = startsOf(types);
    this.#strings = strings;
    this.#texts = new BtfTexts(strings);
  }

  /** The index of the bytes of BTF; undefined for what is malformed. */
  static of(bytes: Uint8Array): BtfIndex | undefined {
    try {
      const { bigEndian, words, body } = readBtfHeader(bytes, BTF_HEADER_BYTES);
      const [typesAt = 0, typesLength = 0, textsAt = 0, textsLength = 0] = words;
      const types = new BtfReader(partOf(body, typesAt, typesLength, "types"), bigEndian);
      return new BtfIndex(types, body.subarray(textsAt, textsAt + textsLength));
    } catch (error) {
      if (error instanceof BtfMalformed) return undefined;
      throw error;
    }
  }

  /** How many types there are. */
  get size(): number {
    return this.#starts.length;
  }

  #kindAt(index: number): number {
    return (this.#types.word((this.#starts[index] ?? 0) + 4) >>> 24) & 31;
  }

  /** The id of the first type of one of the kinds with this name; undefined where there is none. */
  find(name: string, ...kinds: readonly BtfKind[]): BtfId | undefined {
    const key = `${kinds.join()} ${name}`;
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const id = this.#search(name, new Set(kinds.map((kind) => btfKinds[kind].number)));
    if (id !== undefined) this.#found.set(key, id);
    return id;
  }

  #search(name: string, kinds: ReadonlySet<number>): BtfId | undefined {
    for (const offset of this.#offsetsOf(name)) {
      for (let index = 0; index < this.#starts.length; index++) {
        if (this.#types.word(this.#starts[index] ?? 0) === offset && kinds.has(this.#kindAt(index))) return index + 1;
      }
    }
    return undefined;
  }

  /** Where the name, whole, stands in the string section: more than once where strings are not shared. */
  #offsetsOf(name: string): readonly number[] {
    const wanted = new TextEncoder().encode(`\0${name}\0`);
    const offsets: number[] = [];
    const [first = 0] = wanted;
    for (let at = this.#strings.indexOf(first); at >= 0; at = this.#strings.indexOf(first, at + 1)) {
      if (this.#strings[at + wanted.length - 1] !== 0) continue;
      if (wanted.every((byte, index) => this.#strings[at + index] === byte)) offsets.push(at + 1);
    }
    return offsets;
  }

  /** The type of an id; undefined for void and what does not exist. */
  type(id: BtfId): BtfType | undefined {
    const at = id > 0 ? this.#starts[id - 1] : undefined;
    if (at === undefined) return undefined;
    try {
      return readBtfType(this.#types, at, this.#texts, id)[0];
    } catch (error) {
      if (error instanceof BtfMalformed) return undefined;
      throw error;
    }
  }

  /** The type without typedefs and qualifiers. */
  plain(id: BtfId): { readonly id: BtfId; readonly type: BtfType } | undefined {
    let at = id;
    // A chain of more links than this is a circle.
    for (let links = 0; links < 64; links++) {
      const type = this.type(at);
      if (!type) return undefined;
      if (!["typedef", "const", "volatile", "restrict", "type_tag"].includes(type.kind) || !("type" in type))
        return { id: at, type };
      at = type.type;
    }
    return undefined;
  }

  /** The struct or union of an id. */
  composite(id: BtfId): BtfComposite | undefined {
    const found = this.plain(id)?.type;
    return found?.kind === "struct" || found?.kind === "union" ? found : undefined;
  }

  /** A member by name; those of anonymous members count as the struct's own. */
  member(id: BtfId, name: string, depth = 0): BtfPlace | undefined {
    const members: readonly BtfMember[] = depth < 16 ? (this.composite(id)?.members ?? []) : [];
    for (const one of members) {
      if (one.name === name) return one;
      if (one.name !== "") continue;
      const inner = this.member(one.type, name, depth + 1);
      if (inner) return { ...inner, bitOffset: inner.bitOffset + one.bitOffset };
    }
    return undefined;
  }

  /** Names of the types of a kind that begin with a prefix. */
  names(kind: BtfKind, prefix: string): readonly string[] {
    const number = btfKinds[kind].number;
    const start = new TextEncoder().encode(prefix);
    const names: string[] = [];
    for (let index = 0; index < this.#starts.length; index++) {
      if (this.#kindAt(index) !== number) continue;
      const offset = this.#types.word(this.#starts[index] ?? 0);
      if (start.every((byte, at) => this.#strings[offset + at] === byte)) names.push(this.#texts.at(offset));
    }
    return names;
  }
}

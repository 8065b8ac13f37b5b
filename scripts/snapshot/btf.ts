// Reads enums, structs and unions from raw kernel BTF (Documentation/bpf/btf.rst, section 2). Just what the snapshot
// needs: names, values, offsets and sizes in bytes. Throws on anything that is not well-formed little-endian BTF.

/** One member of a struct or union; anonymous aggregates carry their own members. Offsets and sizes in bytes. */
export interface BtfMember {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** The type as C spells it, without qualifiers: "__u32", "struct bpf_sock *", "__u32[4]". */
  readonly type: string;
  /** Only for bit fields: first bit within the struct and width. */
  readonly bits?: readonly [start: number, width: number];
  readonly members?: readonly BtfMember[];
}

/** A struct or union by name. */
export interface BtfLayout {
  readonly size: number;
  readonly members: readonly BtfMember[];
}

/** One enum; `name` is empty for anonymous ones. Values as the kernel declares them, signed or unsigned. */
export interface BtfEnum {
  readonly name: string;
  readonly values: readonly (readonly [name: string, value: bigint])[];
}

/** What the snapshot takes from BTF. */
export interface BtfContents {
  readonly enums: readonly BtfEnum[];
  /** Layout of a struct or union, or undefined when the kernel has none of that name. */
  layout(name: string): BtfLayout | undefined;
}

interface RawType {
  readonly kind: number;
  readonly name: string;
  readonly count: number;
  readonly flag: boolean;
  /** Size in bytes, or the type referred to. */
  readonly sizeOrType: number;
  /** Where the kind's own data begin. */
  readonly data: number;
}

const kinds = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  forward: 7,
  typedef: 8,
  float: 16,
  enum64: 19,
};
const modifiers: readonly number[] = [9, 10, 11, 18];

/** Bytes that follow the 12-byte header of a type, per kind: fixed part and part per counted entry. */
const trailing: Readonly<Record<number, readonly [fixed: number, each: number]>> = {
  1: [4, 0],
  2: [0, 0],
  3: [12, 0],
  4: [0, 12],
  5: [0, 12],
  6: [0, 8],
  7: [0, 0],
  8: [0, 0],
  9: [0, 0],
  10: [0, 0],
  11: [0, 0],
  12: [0, 0],
  13: [0, 8],
  14: [4, 0],
  15: [0, 12],
  16: [0, 0],
  17: [4, 0],
  18: [0, 0],
  19: [0, 12],
};

const headerMagic = 0xeb9f;

/** Reads raw BTF, as found in /sys/kernel/btf/vmlinux. */
export function readBtf(bytes: Uint8Array): BtfContents {
  const reader = new BtfReader(bytes);
  return { enums: reader.enums(), layout: (name) => reader.layoutOf(name) };
}

class BtfReader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #strings: number;
  readonly #types: RawType[] = [{ kind: 0, name: "void", count: 0, flag: false, sizeOrType: 0, data: 0 }];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#view.getUint16(0, true) !== headerMagic) throw new Error("not little-endian BTF");
    const base = this.#u32(4);
    this.#strings = base + this.#u32(16);
    const end = base + this.#u32(8) + this.#u32(12);
    for (let at = base + this.#u32(8); at < end; ) at = this.#readType(at);
  }

  enums(): BtfEnum[] {
    return this.#types
      .filter((type) => type.kind === kinds.enum || type.kind === kinds.enum64)
      .map((type) => ({ name: type.name, values: this.#enumValues(type) }));
  }

  layoutOf(name: string): BtfLayout | undefined {
    const type = this.#types.find(
      (one) => (one.kind === kinds.struct || one.kind === kinds.union) && one.name === name,
    );
    return type && { size: type.sizeOrType, members: this.#members(type) };
  }

  #u32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  #string(offset: number): string {
    const start = this.#strings + offset;
    return new TextDecoder().decode(this.#bytes.subarray(start, this.#bytes.indexOf(0, start)));
  }

  #readType(at: number): number {
    const info = this.#u32(at + 4);
    const kind = (info >>> 24) & 0x1f;
    const count = info & 0xffff;
    const sizes = trailing[kind];
    if (!sizes) throw new Error(`unknown BTF kind ${kind}`);
    const name = this.#string(this.#u32(at));
    this.#types.push({ kind, name, count, flag: info >>> 31 === 1, sizeOrType: this.#u32(at + 8), data: at + 12 });
    return at + 12 + sizes[0] + sizes[1] * count;
  }

  #type(id: number): RawType {
    const type = this.#types[id];
    if (!type) throw new Error(`no BTF type ${id}`);
    return modifiers.includes(type.kind) ? this.#type(type.sizeOrType) : type;
  }

  #enumValues(type: RawType): [string, bigint][] {
    const wide = type.kind === kinds.enum64;
    return Array.from({ length: type.count }, (_, index) => {
      const at = type.data + index * (wide ? 12 : 8);
      const raw = wide ? (BigInt(this.#u32(at + 8)) << 32n) | BigInt(this.#u32(at + 4)) : BigInt(this.#u32(at + 4));
      return [this.#string(this.#u32(at)), type.flag ? BigInt.asIntN(wide ? 64 : 32, raw) : raw];
    });
  }

  #sizeOf(id: number): number {
    const type = this.#type(id);
    if (type.kind === kinds.pointer) return 8;
    if (type.kind === kinds.typedef) return this.#sizeOf(type.sizeOrType);
    if (type.kind === kinds.array) return this.#sizeOf(this.#u32(type.data)) * this.#u32(type.data + 8);
    return type.sizeOrType;
  }

  #spell(id: number): string {
    const type = this.#type(id);
    if (type.kind === kinds.pointer) return `${this.#spell(type.sizeOrType)} *`;
    if (type.kind === kinds.array) return `${this.#spell(this.#u32(type.data))}[${this.#u32(type.data + 8)}]`;
    const prefix: Readonly<Record<number, string>> = {
      4: "struct ",
      5: "union ",
      6: "enum ",
      7: "struct ",
      19: "enum ",
    };
    return `${prefix[type.kind] ?? ""}${type.name || "(anonymous)"}`;
  }

  #members(type: RawType): BtfMember[] {
    return Array.from({ length: type.count }, (_, index) => {
      const at = type.data + index * 12;
      const id = this.#u32(at + 4);
      const position = this.#u32(at + 8);
      const start = type.flag ? position & 0xffffff : position;
      const width = type.flag ? position >>> 24 : 0;
      const target = this.#type(id);
      const nested = (target.kind === kinds.struct || target.kind === kinds.union) && target.name === "";
      return {
        name: this.#string(this.#u32(at)),
        offset: Math.floor(start / 8),
        size: this.#sizeOf(id),
        type: this.#spell(id),
        ...(width > 0 && { bits: [start, width] as const }),
        ...(nested && { members: this.#members(target) }),
      };
    });
  }
}

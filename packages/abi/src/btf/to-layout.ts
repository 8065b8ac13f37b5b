// BTF as layouts, so that maps of objects that others compiled get typed handles. `__be16` to `__be64` are integers in
// network byte order; enumerations and pointers are integers. What a layout cannot say becomes bytes of its size: floats,
// 128-bit integers, bit fields across their unit. Takes types that decoding has checked.
import { arrayLayout, type FieldLayout, type Layout, type ScalarLayout, scalarLayouts } from "../layout.ts";
import { bitsTag } from "./from-layout.ts";
import { sizeOfBtf } from "./size.ts";
import type { BtfComposite, BtfDeclTag, BtfId, BtfMember, BtfType } from "./types.ts";

/** The most parts of one layout: types that share parts would grow without end. */
const MOST_PARTS = 1 << 16;

const bigEndian: Readonly<Record<string, ScalarLayout>> = {
  __be16: scalarLayouts.u16be,
  __be32: scalarLayouts.u32be,
  __be64: scalarLayouts.u64be,
};

function native(size: number, signed: boolean): ScalarLayout | undefined {
  return Object.values<ScalarLayout>(scalarLayouts).find(
    (one) => one.size === size && one.signed === signed && !one.bigEndian,
  );
}

function bytes(size: number): Layout {
  return arrayLayout(scalarLayouts.u8, size);
}

/** A layout and of how many parts it is. */
interface Found {
  readonly layout: Layout;
  readonly parts: number;
}

/** Makes layouts of the types of one list. */
export class BtfLayouts {
  readonly #types: readonly BtfType[];
  readonly #tags = new Map<string, string>();
  readonly #found = new Map<BtfId, Found | undefined>();

  constructor(types: readonly BtfType[]) {
    this.#types = types;
    const tags = types.filter((type): type is BtfDeclTag => type.kind === "decl_tag");
    for (const { type, component, name } of tags) {
      if (name.startsWith(`${bitsTag} `)) this.#tags.set(`${type}.${component}`, name.slice(bitsTag.length + 1));
    }
  }

  /** The layout of a type; undefined for one without a size. */
  layout(id: BtfId): Layout | undefined {
    return this.#part(id)?.layout;
  }

  #part(id: BtfId): Found | undefined {
    if (this.#found.has(id)) return this.#found.get(id);
    const found = this.#make(id);
    const fitting = found && found.parts > MOST_PARTS ? { layout: bytes(found.layout.size), parts: 1 } : found;
    this.#found.set(id, fitting);
    return fitting;
  }

  #make(id: BtfId): Found | undefined {
    const type = this.#types[id - 1];
    switch (type?.kind) {
      case "typedef": {
        const order = Object.hasOwn(bigEndian, type.name) ? bigEndian[type.name] : undefined;
        const size = order && sizeOfBtf(this.#types, id);
        if (order && order.size === size) return { layout: order, parts: 1 };
        return this.#named(type.name, this.#part(type.type));
      }
      case "const":
      case "volatile":
      case "restrict":
      case "type_tag":
        return this.#part(type.type);
      case "array": {
        const item = this.#part(type.type);
        return item && { layout: arrayLayout(item.layout, type.length), parts: item.parts + 1 };
      }
      case "struct":
      case "union":
        return this.#composite(id, type);
      case "ptr":
        return { layout: scalarLayouts.u64, parts: 1 };
      case "int": {
        const whole = type.bitOffset === 0 && type.bits === type.size * 8;
        const signed = type.encoding === "signed" || type.encoding === "char";
        const layout = (whole || type.encoding === "bool") && native(type.size, signed);
        return { layout: layout || bytes(type.size), parts: 1 };
      }
      case "enum":
      case "enum64":
        return { layout: native(type.size, type.signed) ?? bytes(type.size), parts: 1 };
      case "float":
        return { layout: bytes(type.size), parts: 1 };
      default:
        return undefined;
    }
  }

  /** A struct without a name takes that of its typedef. */
  #named(name: string, found: Found | undefined): Found | undefined {
    if (found?.layout.kind !== "struct" || found.layout.name !== "") return found;
    return { ...found, layout: { ...found.layout, name } };
  }

  #composite(id: BtfId, type: BtfComposite): Found {
    const fields: FieldLayout[] = [];
    let parts = 1;
    for (const [component, member] of type.members.entries()) {
      const found = this.#part(member.type);
      const more = found && this.#fields(member, found.layout, this.#tags.get(`${id}.${component}`));
      if (!more) return { layout: bytes(type.size), parts: 1 };
      fields.push(...more);
      parts += found.parts;
    }
    const inside = fields.every((one) => one.offset + one.layout.size <= type.size);
    const named = fields.map((one, index) => (one.name === "" ? { ...one, name: `unnamed${index}` } : one));
    const unique = new Set(named.map((one) => one.name)).size === named.length;
    if (!inside || !unique) return { layout: bytes(type.size), parts: 1 };
    const widest = Math.max(1, ...fields.map((one) => one.layout.align));
    const natural = type.size % widest === 0 && fields.every((one) => one.offset % one.layout.align === 0);
    const union = type.kind === "union" ? ({ union: true } as const) : {};
    const { name, size } = type;
    return { layout: { kind: "struct", name, ...union, fields: named, size, align: natural ? widest : 1 }, parts };
  }

  /** The fields that a member stands for; undefined for what a layout cannot say. */
  #fields(member: BtfMember, layout: Layout, tag: string | undefined): readonly FieldLayout[] | undefined {
    const { name, bitOffset, bitSize } = member;
    const offset = Math.floor(bitOffset / 8);
    if (bitSize > 0) return this.#bits(member, layout);
    if (tag !== undefined && layout.kind === "scalar" && layout.bigEndian) return taggedBits(tag, offset, layout);
    if (name !== "" || layout.kind !== "struct" || layout.union) return [{ name, offset, layout }];
    // The members of a nameless struct are members of the one around it.
    return layout.fields.map((one) => ({ ...one, offset: offset + one.offset }));
  }

  #bits({ name, bitOffset, bitSize }: BtfMember, unit: Layout): readonly FieldLayout[] | undefined {
    if (unit.kind !== "scalar" || unit.bigEndian) return undefined;
    const width = unit.size * 8;
    const first = bitOffset % width;
    if (first + bitSize > width) return undefined;
    const layout = { kind: "bits", unit, count: bitSize, size: unit.size, align: unit.align } as const;
    return [{ name, offset: ((bitOffset - first) / width) * unit.size, layout, bitOffset: first }];
  }
}

function taggedBits(tag: string, offset: number, unit: ScalarLayout): readonly FieldLayout[] | undefined {
  const parts = tag.split(" ").map((part) => /^([A-Za-z0-9_.]+):(\d{1,2}):(\d{1,2})$/.exec(part));
  const fields = parts.flatMap((part) => {
    const [first, count] = [Number(part?.[2]), Number(part?.[3])];
    if (!part?.[1] || count < 1 || first + count > unit.size * 8) return [];
    const layout = { kind: "bits", unit, count, size: unit.size, align: unit.align } as const;
    return [{ name: part[1], offset, layout, bitOffset: first }];
  });
  return fields.length === parts.length ? fields : [{ name: tag, offset, layout: unit }];
}

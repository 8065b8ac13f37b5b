// One type from its bytes (Documentation/bpf/btf.rst, section 2.2): 12 bytes that every kind has, then what the kind adds.
// Bits that the kind does not use must be zero: what they would mean is not known.
import { BtfMalformed, type BtfReader, type BtfTexts } from "./sections.ts";
import {
  type BtfEnumValue,
  type BtfInt,
  type BtfKind,
  type BtfKindRow,
  type BtfLinkage,
  type BtfMember,
  type BtfType,
  btfEncodings,
  btfKinds,
  btfLinkages,
} from "./types.ts";

const kindNames: ReadonlyMap<number, BtfKind> = new Map(
  (Object.keys(btfKinds) as BtfKind[]).map((kind) => [btfKinds[kind].number, kind]),
);
const encodings: ReadonlyMap<number, BtfInt["encoding"]> = new Map(
  (Object.keys(btfEncodings) as BtfInt["encoding"][]).map((name) => [btfEncodings[name], name]),
);

const withFlag: readonly BtfKind[] = ["struct", "union", "fwd", "enum", "enum64", "decl_tag", "type_tag"];
const withLength: readonly BtfKind[] = ["struct", "union", "enum", "enum64", "func", "func_proto", "datasec"];
const nameless: readonly BtfKind[] = ["ptr", "const", "volatile", "restrict", "array", "func_proto"];
const namedOnly: readonly BtfKind[] = ["int", "float", "typedef", "fwd", "func", "var", "datasec"];

/** A type half read. */
interface Part {
  readonly id: number;
  readonly kind: BtfKind;
  readonly name: string;
  readonly flag: boolean;
  readonly length: number;
  /** Size, or the type referred to. */
  readonly word: number;
  /** The n-th word behind the first 12 bytes. */
  rest(index: number): number;
  text(index: number): string;
}

function malformed({ id, kind, name }: Pick<Part, "id" | "kind" | "name">, what: string): BtfMalformed {
  return new BtfMalformed(`type ${id} (${name === "" ? kind : `${kind} "${name}"`}) ${what}`);
}

function checkUnused(part: Part): void {
  const { kind, name, flag, length } = part;
  if (flag && !withFlag.includes(kind)) throw malformed(part, "has a flag that its kind has not");
  if (length > 0 && !withLength.includes(kind)) throw malformed(part, "has a count that its kind has not");
  if (name !== "" && nameless.includes(kind)) throw malformed(part, "has a name");
  if (name === "" && namedOnly.includes(kind)) throw malformed(part, "has no name");
}

/** As many as the type counts. */
function each<T>(part: Part, make: (index: number) => T): readonly T[] {
  return Array.from({ length: part.length }, (_, index) => make(index));
}

function readInt(part: Part): BtfType {
  const { name, word: size } = part;
  const data = part.rest(0);
  const encoding = encodings.get(data >>> 24);
  const [bitOffset, bits] = [(data >>> 16) & 0xff, data & 0xff];
  if (encoding === undefined || (data & 0xff00) !== 0) throw malformed(part, "has an unknown encoding");
  if (![1, 2, 4, 8, 16].includes(size) || bitOffset + bits > size * 8)
    throw malformed(part, "has more bits than bytes");
  return { kind: "int", name, size, bits, bitOffset, encoding };
}

function readMember(part: Part, index: number): BtfMember {
  const position = part.rest(index * 3 + 2);
  const [bitOffset, bitSize] = part.flag ? [position & 0xff_ffff, position >>> 24] : [position, 0];
  return { name: part.text(index * 3), type: part.rest(index * 3 + 1), bitOffset, bitSize };
}

function readEnum64Value(part: Part, index: number): BtfEnumValue<bigint> {
  const raw = BigInt(part.rest(index * 3 + 1)) | (BigInt(part.rest(index * 3 + 2)) << 32n);
  return { name: part.text(index * 3), value: part.flag ? BigInt.asIntN(64, raw) : raw };
}

function linkage(part: Part, number: number): BtfLinkage {
  const found = btfLinkages[number];
  if (found === undefined) throw malformed(part, `has linkage ${number}`);
  return found;
}

function enumSize(part: Part): number {
  if (![1, 2, 4, 8].includes(part.word)) throw malformed(part, `has ${part.word} bytes`);
  return part.word;
}

const readers: { readonly [K in BtfKind]: (part: Part) => BtfType } = {
  int: readInt,
  float: ({ name, word }) => ({ kind: "float", name, size: word }),
  ptr: ({ word }) => ({ kind: "ptr", type: word }),
  const: ({ word }) => ({ kind: "const", type: word }),
  volatile: ({ word }) => ({ kind: "volatile", type: word }),
  restrict: ({ word }) => ({ kind: "restrict", type: word }),
  typedef: ({ name, word }) => ({ kind: "typedef", name, type: word }),
  type_tag: ({ name, word, flag }) => ({ kind: "type_tag", name, type: word, attribute: flag }),
  array: (part) => ({ kind: "array", type: part.rest(0), index: part.rest(1), length: part.rest(2) }),
  struct: (part) => composite(part, "struct"),
  union: (part) => composite(part, "union"),
  fwd: ({ name, flag }) => ({ kind: "fwd", name, of: flag ? "union" : "struct" }),
  enum: (part) => {
    const value = (index: number): number => (part.flag ? part.rest(index * 2 + 1) | 0 : part.rest(index * 2 + 1));
    const values = each(part, (index) => ({ name: part.text(index * 2), value: value(index) }));
    return { kind: "enum", name: part.name, size: enumSize(part), signed: part.flag, values };
  },
  enum64: (part) => {
    const values = each(part, (index) => readEnum64Value(part, index));
    return { kind: "enum64", name: part.name, size: enumSize(part), signed: part.flag, values };
  },
  func: (part) => ({ kind: "func", name: part.name, type: part.word, linkage: linkage(part, part.length) }),
  func_proto: (part) => {
    const parameters = each(part, (index) => ({ name: part.text(index * 2), type: part.rest(index * 2 + 1) }));
    return { kind: "func_proto", type: part.word, parameters };
  },
  var: (part) => ({ kind: "var", name: part.name, type: part.word, linkage: linkage(part, part.rest(0)) }),
  datasec: (part) => {
    const entry = (index: number) => {
      return { type: part.rest(index * 3), offset: part.rest(index * 3 + 1), size: part.rest(index * 3 + 2) };
    };
    return { kind: "datasec", name: part.name, size: part.word, variables: each(part, entry) };
  },
  decl_tag: (part) => {
    return { kind: "decl_tag", name: part.name, type: part.word, component: part.rest(0) | 0, attribute: part.flag };
  },
};

function composite(part: Part, kind: "struct" | "union"): BtfType {
  return { kind, name: part.name, size: part.word, members: each(part, (index) => readMember(part, index)) };
}

/** The type at an offset, and how many bytes it takes. @throws BtfMalformed */
export function readBtfType(reader: BtfReader, at: number, texts: BtfTexts, id: number): readonly [BtfType, number] {
  const info = reader.word(at + 4);
  const kind = kindNames.get((info >>> 24) & 0x1f);
  if (kind === undefined || (info & 0x60ff_0000) !== 0) throw new BtfMalformed(`type ${id} is of an unknown kind`);
  const { fixed, each: perItem }: BtfKindRow = btfKinds[kind];
  const length = info & 0xffff;
  // A function's count is its linkage.
  const bytes = 12 + fixed + perItem * length;
  if (at + bytes > reader.byteLength) throw new BtfMalformed(`type ${id} (${kind}) goes over the end`);
  const part: Part = {
    id,
    kind,
    name: texts.at(reader.word(at)),
    flag: info >>> 31 === 1,
    length,
    word: reader.word(at + 8),
    rest: (index) => reader.word(at + 12 + index * 4),
    text: (index) => texts.at(reader.word(at + 12 + index * 4)),
  };
  checkUnused(part);
  return [readers[kind](part), bytes];
}

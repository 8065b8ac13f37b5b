// Types to the bytes of BTF (Documentation/bpf/btf.rst, section 2): header, types, strings. Equal types give equal bytes.
// A struct has the form with sizes of bit fields only where it has bit fields, as compilers write it. What does not fit
// its field is an error of the caller's, and thrown.
import { BtfStrings } from "./strings.ts";
import { BTF_MAGIC, type BtfType, btfEncodings, btfKinds, btfLinkages } from "./types.ts";

/** Bytes of the header that we write, and the least that readers take. */
export const BTF_HEADER_BYTES = 24;

/** How to encode. */
export interface EncodeBtfOptions {
  /** Byte order; little-endian by default. */
  readonly bigEndian?: boolean;
  /** Where names go, so that `.BTF.ext` may refer to the same section; a new one by default. */
  readonly strings?: BtfStrings;
}

/** The parts of a type: `vlen` and flag, size or type, and the 32-bit words behind them. */
interface Words {
  readonly name?: string;
  readonly length?: number;
  readonly flag?: boolean;
  readonly word?: number;
  readonly rest?: readonly number[];
}

function fits(value: number, most: number, what: string): number {
  if (!Number.isInteger(value) || value < 0 || value > most) throw new Error(`btf: ${what} cannot be ${value}`);
  return value;
}

type Offset = (text: string) => number;

function compositeWords(type: Extract<BtfType, { kind: "struct" | "union" }>, offset: Offset): Words {
  const flag = type.members.some((member) => member.bitSize > 0);
  const position = (bitOffset: number, bitSize: number): number =>
    flag
      ? ((fits(bitSize, 0xff, "the size of a bit field") << 24) | fits(bitOffset, 0xff_ffff, "an offset")) >>> 0
      : bitOffset;
  return {
    name: type.name,
    length: type.members.length,
    flag,
    word: type.size,
    rest: type.members.flatMap((one) => [offset(one.name), one.type, position(one.bitOffset, one.bitSize)]),
  };
}

function wordsOf(type: BtfType, offset: Offset): Words {
  switch (type.kind) {
    case "int": {
      const { name, size, bits, bitOffset, encoding } = type;
      fits(bits, 0xff, "the bits of an integer");
      fits(bitOffset, 0xff, "the offset of an integer");
      return { name, word: size, rest: [((btfEncodings[encoding] << 24) | (bitOffset << 16) | bits) >>> 0] };
    }
    case "float":
      return { name: type.name, word: type.size };
    case "array":
      return { rest: [type.type, type.index, type.length] };
    case "struct":
    case "union":
      return compositeWords(type, offset);
    case "fwd":
      return { name: type.name, flag: type.of === "union" };
    case "enum": {
      const rest = type.values.flatMap(({ name, value }) => [offset(name), value >>> 0]);
      return { name: type.name, length: type.values.length, flag: type.signed, word: type.size, rest };
    }
    case "enum64": {
      const halves = (value: bigint): number[] => [Number(value & 0xffff_ffffn), Number((value >> 32n) & 0xffff_ffffn)];
      const rest = type.values.flatMap(({ name, value }) => [offset(name), ...halves(value)]);
      return { name: type.name, length: type.values.length, flag: type.signed, word: type.size, rest };
    }
    case "func":
      return { name: type.name, length: btfLinkages.indexOf(type.linkage), word: type.type };
    case "func_proto": {
      const rest = type.parameters.flatMap((one) => [offset(one.name), one.type]);
      return { length: type.parameters.length, word: type.type, rest };
    }
    case "var":
      return { name: type.name, word: type.type, rest: [btfLinkages.indexOf(type.linkage)] };
    case "datasec": {
      const rest = type.variables.flatMap((one) => [one.type, one.offset, one.size]);
      return { name: type.name, length: type.variables.length, word: type.size, rest };
    }
    case "decl_tag":
      return { name: type.name, flag: type.attribute, word: type.type, rest: [type.component >>> 0] };
    case "type_tag":
      return { name: type.name, flag: type.attribute, word: type.type };
    case "typedef":
      return { name: type.name, word: type.type };
    default:
      return { word: type.type };
  }
}

/** All types as 32-bit words. */
function typeWords(types: readonly BtfType[], offset: Offset): readonly number[] {
  const words: number[] = [];
  for (const type of types) {
    // The name comes first, so that strings stand in the order of the bytes that refer to them.
    const name = offset("name" in type ? type.name : "");
    const { length = 0, flag = false, word = 0, rest = [] } = wordsOf(type, offset);
    const info = (Number(flag) << 31) | (btfKinds[type.kind].number << 24) | fits(length, 0xffff, "a count");
    words.push(name, info >>> 0, word);
    for (const one of rest) words.push(one);
  }
  for (const word of words) fits(word, 0xffff_ffff, "a number");
  return words;
}

/** The bytes of BTF. @throws Error on numbers that do not fit their field. */
export function encodeBtf(types: readonly BtfType[], options: EncodeBtfOptions = {}): Uint8Array {
  const { strings = new BtfStrings(), bigEndian = false } = options;
  const words = typeWords(types, (text) => strings.offset(text));
  const texts = strings.bytes();
  const start = BTF_HEADER_BYTES + words.length * 4;
  const bytes = new Uint8Array(start + texts.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, BTF_MAGIC, !bigEndian);
  view.setUint8(2, 1);
  const header = [BTF_HEADER_BYTES, 0, words.length * 4, words.length * 4, texts.length];
  for (const [index, word] of [...header].entries()) view.setUint32(4 + index * 4, word, !bigEndian);
  for (const [index, word] of words.entries()) view.setUint32(BTF_HEADER_BYTES + index * 4, word, !bigEndian);
  bytes.set(texts, start);
  return bytes;
}

// The header of BTF and of its extension, and the string section: where everything lies, checked against the length of
// the bytes. Both headers begin alike: magic, version, flags, length of the header, then offsets from the header's end.
import { BTF_MAGIC } from "./types.ts";

/** Thrown inside of the readers of BTF, which make a diagnostic of it. */
export class BtfMalformed extends Error {}

/** Most bytes of text that reading one section decodes: texts that share bytes would add up without end. */
const MOST_TEXT = 1 << 28;

/** A string section. */
export class BtfTexts {
  readonly #bytes: Uint8Array;
  readonly #known = new Map<number, string>();
  readonly #decoder = new TextDecoder();
  #left = MOST_TEXT;

  constructor(bytes: Uint8Array) {
    if (bytes.length > 0 && (bytes[0] !== 0 || bytes.at(-1) !== 0)) {
      throw new BtfMalformed("the strings do not begin and end with a zero");
    }
    this.#bytes = bytes;
  }

  /** The text at an offset. @throws BtfMalformed outside of the section. */
  at(offset: number): string {
    if (offset === 0) return "";
    const known = this.#known.get(offset);
    if (known !== undefined) return known;
    if (offset >= this.#bytes.length) throw new BtfMalformed(`a name is at ${offset} of ${this.#bytes.length} bytes`);
    const bytes = this.#bytes.subarray(offset, this.#bytes.indexOf(0, offset));
    this.#left -= bytes.length;
    if (this.#left < 0) throw new BtfMalformed("the names are too long");
    const text = this.#decoder.decode(bytes);
    this.#known.set(offset, text);
    return text;
  }
}

/** The header's words behind the first eight bytes, and what follows the header. */
export interface BtfHeader {
  readonly bigEndian: boolean;
  readonly words: readonly number[];
  readonly body: Uint8Array;
}

/** Reads a header of at least `least` and at most `most` bytes; what newer headers add is passed over. @throws BtfMalformed */
export function readBtfHeader(bytes: Uint8Array, least: number, most = least): BtfHeader {
  if (bytes.length < least) throw new BtfMalformed(`${bytes.length} bytes are no header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bigEndian = view.getUint16(0) === BTF_MAGIC;
  if (!bigEndian && view.getUint16(0, true) !== BTF_MAGIC) throw new BtfMalformed("it does not begin with its magic");
  if (view.getUint8(2) !== 1) throw new BtfMalformed(`version ${view.getUint8(2)}; only 1 is known`);
  if (view.getUint8(3) !== 0) throw new BtfMalformed(`flags ${view.getUint8(3)}; none are known`);
  const length = view.getUint32(4, !bigEndian);
  if (length < least || length > bytes.length) throw new BtfMalformed(`its header cannot have ${length} bytes`);
  const known = Math.floor((Math.min(length, most) - 8) / 4);
  const words = Array.from({ length: known }, (_, index) => view.getUint32(8 + index * 4, !bigEndian));
  return { bigEndian, words, body: bytes.subarray(length) };
}

/** A part of a body. @throws BtfMalformed where it goes over the end or is no multiple of four bytes. */
export function partOf(body: Uint8Array, offset: number, length: number, what: string): Uint8Array {
  if (offset % 4 !== 0 || length % 4 !== 0) throw new BtfMalformed(`the ${what} are not at multiples of four bytes`);
  return bytesOf(body, offset, length, what);
}

function bytesOf(body: Uint8Array, offset: number, length: number, what: string): Uint8Array {
  if (offset + length > body.length) throw new BtfMalformed(`the ${what} go over the end`);
  return body.subarray(offset, offset + length);
}

/** 32-bit words in the byte order of their file. */
export class BtfReader {
  readonly byteLength: number;
  readonly #view: DataView;
  readonly #little: boolean;

  constructor(bytes: Uint8Array, bigEndian: boolean) {
    this.byteLength = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = !bigEndian;
  }

  /** The word at an offset. @throws BtfMalformed outside. */
  word(offset: number): number {
    if (offset + 4 > this.byteLength) throw new BtfMalformed("it ends in the middle of a record");
    return this.#view.getUint32(offset, this.#little);
  }
}

/** The sections of BTF. */
export interface BtfSections {
  readonly bigEndian: boolean;
  readonly types: BtfReader;
  readonly texts: BtfTexts;
}

/** Splits BTF. @throws BtfMalformed */
export function splitBtf(bytes: Uint8Array, least: number): BtfSections {
  const { bigEndian, words, body } = readBtfHeader(bytes, least);
  const [typesAt = 0, typesLength = 0, textsAt = 0, textsLength = 0] = words;
  const types = new BtfReader(partOf(body, typesAt, typesLength, "types"), bigEndian);
  return { bigEndian, types, texts: new BtfTexts(bytesOf(body, textsAt, textsLength, "strings")) };
}

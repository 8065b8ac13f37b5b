// `.BTF.ext`: where functions begin, lines of the source and CO-RE relocations, by section of the ELF file
// (Documentation/bpf/btf.rst, section 4.2). Offsets are in bytes from the section's start. Takes any bytes to decode;
// encodes to what libbpf reads. Records of newer tools that are longer than ours lose what we do not know.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { orMalformed } from "./decode.ts";
import { BTF_HEADER_BYTES } from "./encode.ts";
import { BtfMalformed, BtfReader, type BtfTexts, partOf, readBtfHeader, splitBtf } from "./sections.ts";
import type { BtfStrings } from "./strings.ts";
import { BTF_MAGIC, type BtfId } from "./types.ts";

/** A function's start. */
export interface ExtFunction {
  readonly offset: number;
  /** Its `func`. */
  readonly type: BtfId;
}

/** The line that an instruction, and those behind it, come from. */
export interface ExtLine {
  readonly offset: number;
  readonly file: string;
  readonly text: string;
  /** 1-based; 0 for unknown ones. */
  readonly line: number;
  readonly column: number;
}

/** What a field's place, a type's id or a value must be on the running kernel (enum bpf_core_relo_kind). */
export interface ExtRelocation {
  readonly offset: number;
  readonly type: BtfId;
  /** Indices from the type to the field: "0:1:3". */
  readonly access: string;
  readonly kind: number;
}

/** Records of one section of the ELF file. */
export interface ExtSection<T> {
  /** Name of the section. */
  readonly name: string;
  readonly records: readonly T[];
}

/** All of `.BTF.ext`. */
export interface BtfExt {
  readonly functions: readonly ExtSection<ExtFunction>[];
  readonly lines: readonly ExtSection<ExtLine>[];
  readonly relocations: readonly ExtSection<ExtRelocation>[];
}

const MOST_LINE = 0x3f_ffff;
const MOST_COLUMN = 0x3ff;

/** Line and column in one word; what does not fit is unknown. */
export function lineColumn(line: number, column: number): number {
  return ((line > MOST_LINE ? 0 : line) * 1024 + (column > MOST_COLUMN ? 0 : column)) >>> 0;
}

/** How the records of one kind lie in memory. */
interface Form<T> {
  readonly words: number;
  write(record: T, offset: (text: string) => number): readonly number[];
  read(words: readonly number[], texts: BtfTexts): T;
}

const functionForm: Form<ExtFunction> = {
  words: 2,
  write: ({ offset, type }) => [offset, type],
  read: ([offset = 0, type = 0]) => ({ offset, type }),
};
const lineForm: Form<ExtLine> = {
  words: 4,
  write: ({ offset, file, text, line, column }, at) => [offset, at(file), at(text), lineColumn(line, column)],
  read: ([offset = 0, file = 0, text = 0, position = 0], texts) => {
    return { offset, file: texts.at(file), text: texts.at(text), line: position >>> 10, column: position & 0x3ff };
  },
};
const relocationForm: Form<ExtRelocation> = {
  words: 4,
  write: ({ offset, type, access, kind }, at) => [offset, type, at(access), kind],
  read: ([offset = 0, type = 0, access = 0, kind = 0], texts) => ({ offset, type, access: texts.at(access), kind }),
};

function write<T>(sections: readonly ExtSection<T>[], form: Form<T>, offset: (text: string) => number): number[] {
  if (sections.length === 0) return [];
  const words = [form.words * 4];
  for (const { name, records } of sections) {
    words.push(offset(name), records.length);
    for (const record of records) words.push(...form.write(record, offset));
  }
  return words;
}

/** The bytes of `.BTF.ext`. Its texts go into `strings`, so encode the types with the same ones afterwards. */
export function encodeBtfExt(ext: BtfExt, strings: BtfStrings, bigEndian = false): Uint8Array {
  const offset = (text: string): number => strings.offset(text);
  const parts = [
    write(ext.functions, functionForm, offset),
    write(ext.lines, lineForm, offset),
    write(ext.relocations, relocationForm, offset),
  ];
  const header = 8 + parts.length * 8;
  const words = parts.flat();
  const bytes = new Uint8Array(header + words.length * 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, BTF_MAGIC, !bigEndian);
  view.setUint8(2, 1);
  view.setUint32(4, header, !bigEndian);
  let start = 0;
  for (const [index, part] of parts.entries()) {
    view.setUint32(8 + index * 8, start, !bigEndian);
    view.setUint32(12 + index * 8, part.length * 4, !bigEndian);
    start += part.length * 4;
  }
  for (const [index, word] of words.entries()) view.setUint32(header + index * 4, word, !bigEndian);
  return bytes;
}

function read<T>(reader: BtfReader, form: Form<T>, texts: BtfTexts): readonly ExtSection<T>[] {
  if (reader.byteLength === 0) return [];
  const size = reader.word(0);
  if (size < form.words * 4 || size % 4 !== 0) throw new BtfMalformed(`a record cannot have ${size} bytes`);
  const sections: ExtSection<T>[] = [];
  for (let at = 4; at < reader.byteLength; ) {
    const [name, count] = [texts.at(reader.word(at)), reader.word(at + 4)];
    if (count === 0) throw new BtfMalformed(`section "${name}" has no records`);
    at += 8;
    if (at + count * size > reader.byteLength) throw new BtfMalformed(`the records of "${name}" go over the end`);
    const first = at;
    const record = (index: number): T => {
      const word = (_: unknown, part: number): number => reader.word(first + index * size + part * 4);
      return form.read(Array.from({ length: form.words }, word), texts);
    };
    sections.push({ name, records: Array.from({ length: count }, (_, index) => record(index)) });
    at += count * size;
  }
  return sections;
}

/** The records in the bytes of `.BTF.ext`, whose texts are in the bytes of `.BTF`, or what is wrong with them. */
export function decodeBtfExt(ext: Uint8Array, btf: Uint8Array): BtfExt | Diagnostic {
  return orMalformed(() => {
    const { texts } = splitBtf(btf, BTF_HEADER_BYTES);
    const { bigEndian, words, body } = readBtfHeader(ext, 24, 32);
    const part = (index: number, what: string): BtfReader => {
      // Relocations came later: a shorter header has none.
      const [offset = 0, bytes = 0] = words.slice(index * 2);
      return new BtfReader(partOf(body, offset, bytes, what), bigEndian);
    };
    return {
      functions: read(part(0, "functions"), functionForm, texts),
      lines: read(part(1, "lines"), lineForm, texts),
      relocations: read(part(2, "relocations"), relocationForm, texts),
    };
  });
}

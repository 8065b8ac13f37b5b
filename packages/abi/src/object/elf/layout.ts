// Sections, symbols and relocations to the bytes of an ELF file: header, contents in the order given, then symbol table,
// string table and section headers. Little-endian, without any name, time or path of the machine that it runs on.
import {
  type ElfRelocation,
  type ElfSymbol,
  elfIdent,
  elfSizes,
  sectionFlags,
  sectionTypes,
  symbolBindings,
} from "./format.ts";

/** A section to write. Relocations of a section get a section of their own behind it. */
export interface SectionToWrite {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly align: number;
  /** Of a section without bits in the file its size. */
  readonly data: Uint8Array | number;
  /** `symbol` is an index into the symbols given. */
  readonly relocations?: readonly ElfRelocation[];
}

/** What a file is made of. Symbols refer to sections by index into `sections`, counted from 1. */
export interface FileToWrite {
  readonly sections: readonly SectionToWrite[];
  readonly symbols: readonly ElfSymbol[];
}

interface Header extends Omit<SectionToWrite, "relocations"> {
  readonly link: number;
  readonly info: number;
  readonly entrySize: number;
}

class Strings {
  readonly #offsets = new Map<string, number>([["", 0]]);
  readonly #parts: Uint8Array[] = [new Uint8Array(1)];
  #size = 1;

  add(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const bytes = new TextEncoder().encode(`${text}\0`);
    const at = this.#size;
    this.#offsets.set(text, at);
    this.#parts.push(bytes);
    this.#size += bytes.length;
    return at;
  }

  bytes(): Uint8Array {
    return joined(this.#parts);
  }
}

/** Several blocks of bytes as one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Local symbols come first, as the format demands; the map says where each one went. */
function sortedSymbols(symbols: readonly ElfSymbol[]): {
  readonly sorted: readonly ElfSymbol[];
  readonly place: readonly number[];
} {
  const order = symbols.map((symbol, index) => ({ symbol, index }));
  order.sort((a, b) => Number(a.symbol.binding !== 0) - Number(b.symbol.binding !== 0) || a.index - b.index);
  const place: number[] = [];
  // Index 0 is the empty symbol.
  for (const [at, { index }] of order.entries()) place[index] = at + 1;
  return { sorted: order.map(({ symbol }) => symbol), place };
}

function symbolTable(
  symbols: readonly ElfSymbol[],
  strings: Strings,
  sectionIndex: (index: number) => number,
): Uint8Array {
  const bytes = new Uint8Array((symbols.length + 1) * elfSizes.symbol);
  const view = new DataView(bytes.buffer);
  for (const [index, symbol] of symbols.entries()) {
    const at = (index + 1) * elfSizes.symbol;
    view.setUint32(at, strings.add(symbol.name), true);
    view.setUint8(at + 4, (symbol.binding << 4) | symbol.type);
    view.setUint8(at + 5, symbol.visibility);
    view.setUint16(at + 6, sectionIndex(symbol.section), true);
    view.setBigUint64(at + 8, BigInt(symbol.value), true);
    view.setBigUint64(at + 16, BigInt(symbol.size), true);
  }
  return bytes;
}

function relocationTable(relocations: readonly ElfRelocation[], place: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(relocations.length * elfSizes.relocation);
  const view = new DataView(bytes.buffer);
  for (const [index, { offset, type, symbol }] of relocations.entries()) {
    const at = index * elfSizes.relocation;
    view.setBigUint64(at, BigInt(offset), true);
    view.setUint32(at + 8, type, true);
    view.setUint32(at + 12, place[symbol] ?? 0, true);
  }
  return bytes;
}

/** All headers but the empty first one, relocations behind what they patch, symbol and string table last. */
function headersOf({ sections, symbols }: FileToWrite, strings: Strings): readonly Header[] {
  const indices: number[] = [];
  let count = 1;
  for (const { relocations = [] } of sections) {
    indices.push(count);
    count += relocations.length > 0 ? 2 : 1;
  }
  const symtab = count;
  const { sorted, place } = sortedSymbols(symbols);
  const headers = sections.flatMap(({ relocations = [], ...section }, index): Header[] => {
    const own = { ...section, link: 0, info: 0, entrySize: 0 };
    if (relocations.length === 0) return [own];
    return [
      own,
      {
        name: `.rel${section.name}`,
        type: sectionTypes.rel,
        flags: sectionFlags.infoLink,
        align: 8,
        data: relocationTable(relocations, place),
        link: symtab,
        info: indices[index] ?? 0,
        entrySize: elfSizes.relocation,
      },
    ];
  });
  const table = symbolTable(sorted, strings, (section) => (section === 0 ? 0 : (indices[section - 1] ?? 0)));
  const firstGlobal = sorted.filter(({ binding }) => binding === symbolBindings.local).length + 1;
  const none = { flags: 0, link: 0, info: 0, entrySize: 0 };
  headers.push({
    ...none,
    name: ".symtab",
    type: sectionTypes.symtab,
    align: 8,
    data: table,
    link: symtab + 1,
    info: firstGlobal,
    entrySize: elfSizes.symbol,
  });
  for (const { name } of headers) strings.add(name);
  strings.add(".strtab");
  headers.push({ ...none, name: ".strtab", type: sectionTypes.strtab, align: 1, data: strings.bytes() });
  return headers;
}

function writeHeader(view: DataView, at: number, header: Header, nameAt: number, offset: number): void {
  const size = typeof header.data === "number" ? header.data : header.data.length;
  view.setUint32(at, nameAt, true);
  view.setUint32(at + 4, header.type, true);
  view.setBigUint64(at + 8, BigInt(header.flags), true);
  view.setBigUint64(at + 24, BigInt(offset), true);
  view.setBigUint64(at + 32, BigInt(size), true);
  view.setUint32(at + 40, header.link, true);
  view.setUint32(at + 44, header.info, true);
  view.setBigUint64(at + 48, BigInt(header.align), true);
  view.setBigUint64(at + 56, BigInt(header.entrySize), true);
}

function writeIdent(bytes: Uint8Array, headersAt: number, count: number): void {
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, elfIdent.class64, elfIdent.little, elfIdent.version]);
  view.setUint16(16, elfIdent.relocatable, true);
  view.setUint16(18, elfIdent.machineBpf, true);
  view.setUint32(20, elfIdent.version, true);
  view.setBigUint64(40, BigInt(headersAt), true);
  view.setUint16(52, elfSizes.header, true);
  view.setUint16(58, elfSizes.section, true);
  view.setUint16(60, count, true);
  view.setUint16(62, count - 1, true);
}

/** The bytes of the file. Throws an Error beyond 65279 sections, which no caller makes. */
export function layoutFile(file: FileToWrite): Uint8Array {
  const strings = new Strings();
  const headers = headersOf(file, strings);
  if (headers.length + 1 >= 0xff00) throw new Error("layout: too many sections for the format");
  let end: number = elfSizes.header;
  const offsets = headers.map(({ data, align }) => {
    const start = Math.ceil(end / align) * align;
    end = start + (typeof data === "number" ? 0 : data.length);
    return start;
  });
  const headersAt = Math.ceil(end / 8) * 8;
  const bytes = new Uint8Array(headersAt + (headers.length + 1) * elfSizes.section);
  const view = new DataView(bytes.buffer);
  writeIdent(bytes, headersAt, headers.length + 1);
  for (const [index, header] of headers.entries()) {
    const offset = offsets[index] ?? 0;
    if (typeof header.data !== "number") bytes.set(header.data, offset);
    writeHeader(view, headersAt + (index + 1) * elfSizes.section, header, strings.add(header.name), offset);
  }
  return bytes;
}

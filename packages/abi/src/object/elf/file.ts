// An ELF file as sections, symbols and relocations, with nothing of BPF in it but the machine. Takes any bytes; ensures
// that every offset, count and link that it hands on lies inside of what it names. What does not is one diagnostic.
import { abiDiagnostics } from "../../diagnostics/catalogue.ts";
import { DiagnosticError, type DiagnosticRow, diagnostic } from "../../diagnostics/diagnostic.ts";
import { displayText } from "../../diagnostics/display.ts";
import {
  type ElfRelocation,
  type ElfSection,
  type ElfSymbol,
  elfIdent,
  elfSizes,
  sectionTypes,
  symbolSections,
} from "./format.ts";

/** A file whose structure is sound. */
export interface ElfFile {
  readonly bigEndian: boolean;
  /** By index; the first is the empty one. */
  readonly sections: readonly ElfSection[];
  /** By index; empty where there is no symbol table. */
  readonly symbols: readonly ElfSymbol[];
  /** By index of the section that they patch. */
  readonly relocations: ReadonlyMap<number, readonly ElfRelocation[]>;
}

/** More sections than any object has; names and headers of so many would only cost time. */
const mostSections = 0x10000;

/** Ends reading with one diagnostic. */
export function refuse(row: DiagnosticRow, message: string, notes: readonly string[] = []): never {
  throw new DiagnosticError([diagnostic(row, { message, notes })]);
}

function damaged(message: string): never {
  return refuse(abiDiagnostics.elfDamaged, message);
}

/** Reads numbers at offsets that were checked before. */
class Reader {
  readonly bytes: Uint8Array;
  readonly bigEndian: boolean;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, bigEndian: boolean) {
    this.bytes = bytes;
    this.bigEndian = bigEndian;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(at: number): number {
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    return this.#view.getUint16(at, !this.bigEndian);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, !this.bigEndian);
  }

  /** Numbers beyond 2^53 become Infinity: they lie outside of every file. */
  u64(at: number): number {
    const value = this.#view.getBigUint64(at, !this.bigEndian);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
  }
}

function openFile(bytes: Uint8Array): Reader {
  const notElf = (message: string): never => refuse(abiDiagnostics.notElf, message);
  if (bytes.length < 4 || bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46) {
    return notElf("the file does not begin as ELF files do");
  }
  if (bytes.length < elfSizes.header) damaged(`the file ends within its header, after ${bytes.length} bytes`);
  const [, , , , width, order, version, abi] = bytes;
  if (width !== elfIdent.class64) notElf("the file is not 64-bit ELF");
  if (order !== elfIdent.little && order !== elfIdent.big) notElf(`the file has the unknown byte order ${order}`);
  const reader = new Reader(bytes, order === elfIdent.big);
  if (version !== elfIdent.version || reader.u32(20) !== elfIdent.version) notElf("the file is of another ELF version");
  if (abi !== 0) notElf(`the file is for the operating system ABI ${abi}`);
  const type = reader.u16(16);
  if (type !== elfIdent.relocatable) notElf(`the file is of ELF type ${type}, not a relocatable object`);
  const machine = reader.u16(18);
  // Early LLVM wrote EM_NONE.
  if (machine !== elfIdent.machineBpf && machine !== elfIdent.machineNone) {
    notElf(`the file is for machine ${machine}, not for BPF (${elfIdent.machineBpf})`);
  }
  return reader;
}

interface RawSection {
  readonly nameAt: number;
  readonly offset: number;
  readonly section: Omit<ElfSection, "name">;
}

function rawSection(reader: Reader, at: number, index: number): RawSection {
  const type = reader.u32(at + 4);
  const offset = reader.u64(at + 24);
  const size = reader.u64(at + 32);
  const stored = type === sectionTypes.nobits || type === sectionTypes.null ? 0 : size;
  if (offset + stored > reader.bytes.length || (stored > 0 && offset < elfSizes.header)) {
    damaged(`section ${index} lies outside of the file: ${stored} bytes at ${offset} of ${reader.bytes.length}`);
  }
  return {
    nameAt: reader.u32(at),
    offset,
    section: {
      type,
      flags: reader.u64(at + 8),
      link: reader.u32(at + 40),
      info: reader.u32(at + 44),
      align: reader.u64(at + 48),
      entrySize: reader.u64(at + 56),
      size: type === sectionTypes.null ? 0 : size,
      data: reader.bytes.subarray(offset, offset + stored),
    },
  };
}

/** Where the headers are: two fields of the first one take over where numbers have more than 16 bits. */
function headersOf(reader: Reader): { readonly start: number; readonly count: number; readonly names: number } {
  const start = reader.u64(40);
  const size = reader.u16(58);
  if (start === 0) damaged("the file has no section headers");
  if (size !== elfSizes.section) damaged(`section headers have ${size} bytes, not ${elfSizes.section}`);
  if (start < elfSizes.header || start + elfSizes.section > reader.bytes.length) {
    damaged(`the section headers lie outside of the file: at ${start} of ${reader.bytes.length}`);
  }
  const count = reader.u16(60) || reader.u64(start + 32);
  const names = reader.u16(62) === 0xffff ? reader.u32(start + 40) : reader.u16(62);
  if (count < 1 || count > mostSections) damaged(`the file has ${count} sections`);
  if (start + count * elfSizes.section > reader.bytes.length) {
    damaged(`${count} section headers at ${start} end behind the file`);
  }
  return { start, count, names };
}

function refuseOverlaps(raw: readonly RawSection[], headers: { readonly start: number; readonly count: number }): void {
  const areas = raw.flatMap(({ offset, section }, index) =>
    section.data.length > 0 ? [{ what: `section ${index}`, from: offset, to: offset + section.data.length }] : [],
  );
  const { start, count } = headers;
  areas.push({ what: "the table of section headers", from: start, to: start + count * elfSizes.section });
  areas.sort((a, b) => a.from - b.from);
  for (const [index, area] of areas.entries()) {
    const next = areas[index + 1];
    if (next && next.from < area.to) damaged(`${next.what} and ${area.what} overlap in the file`);
  }
}

/** Names that share their bytes must not add up without end. */
const mostNameBytes = 4096;

/** Text of a string table; strings end at a NUL inside of it. */
function stringAt(table: Uint8Array, at: number, what: string): string {
  const rest = table.subarray(at, at + mostNameBytes);
  const end = rest.indexOf(0);
  if (at >= table.length || end < 0) damaged(`the name of ${what} lies outside of its string table, or is too long`);
  return new TextDecoder().decode(rest.subarray(0, end));
}

function stringTable(sections: readonly RawSection[], index: number, what: string): Uint8Array {
  const found = sections[index]?.section;
  if (found?.type !== sectionTypes.strtab) damaged(`${what} names section ${index} as its string table, which is none`);
  return found.data;
}

function readSections(reader: Reader): readonly ElfSection[] {
  const headers = headersOf(reader);
  const raw = Array.from({ length: headers.count }, (_, index) =>
    rawSection(reader, headers.start + index * elfSizes.section, index),
  );
  refuseOverlaps(raw, headers);
  const names = stringTable(raw, headers.names, "the file");
  return raw.map(({ nameAt, section }, index) => ({
    name: index === 0 ? "" : stringAt(names, nameAt, `section ${index}`),
    ...section,
  }));
}

function tableLength({ name, size, entrySize }: ElfSection, record: number): number {
  const shown = displayText(name);
  if (entrySize !== record) damaged(`the entries of section "${shown}" have ${entrySize} bytes, not ${record}`);
  if (size % record !== 0) damaged(`section "${shown}" ends within an entry`);
  return size / record;
}

function readSymbols(sections: readonly ElfSection[], bigEndian: boolean): readonly ElfSymbol[] {
  const tables = sections.filter(({ type }) => type === sectionTypes.symtab);
  if (tables.length > 1) damaged("the file has two symbol tables");
  const [table] = tables;
  if (!table) return [];
  const strings = sections[table.link];
  if (strings?.type !== sectionTypes.strtab) damaged("the symbol table has no string table");
  const reader = new Reader(table.data, bigEndian);
  return Array.from({ length: tableLength(table, elfSizes.symbol) }, (_, index) => {
    const at = index * elfSizes.symbol;
    const info = reader.u8(at + 4);
    const section = reader.u16(at + 6);
    if (section < symbolSections.reserved && section >= sections.length) {
      damaged(`symbol ${index} lies in section ${section}, which the file does not have`);
    }
    return {
      name: stringAt(strings.data, reader.u32(at), `symbol ${index}`),
      binding: info >> 4,
      type: info & 0xf,
      visibility: reader.u8(at + 5) & 3,
      section,
      value: reader.u64(at + 8),
      size: reader.u64(at + 16),
    };
  });
}

/** Relocations of a section; those of debug information are not looked at. */
function readRelocations(table: ElfSection, target: ElfSection, symbols: number, bigEndian: boolean): ElfRelocation[] {
  const reader = new Reader(table.data, bigEndian);
  const shown = displayText(table.name);
  return Array.from({ length: tableLength(table, elfSizes.relocation) }, (_, index) => {
    const at = index * elfSizes.relocation;
    const offset = reader.u64(at);
    // r_info as one 64-bit number has the symbol in its upper half.
    const [type, symbol] = bigEndian
      ? [reader.u32(at + 12), reader.u32(at + 8)]
      : [reader.u32(at + 8), reader.u32(at + 12)];
    if (offset >= target.size) damaged(`relocation ${index} of "${shown}" lies outside of its section`);
    if (symbol >= symbols) damaged(`relocation ${index} of "${shown}" names symbol ${symbol} of ${symbols}`);
    return { offset, type, symbol };
  });
}

/** Reads the structure of a file. @throws DiagnosticError with one diagnostic for what is not sound. */
export function readFile(bytes: Uint8Array): ElfFile {
  const reader = openFile(bytes);
  const { bigEndian } = reader;
  const sections = readSections(reader);
  const symbols = readSymbols(sections, bigEndian);
  const relocations = new Map<number, ElfRelocation[]>();
  for (const table of sections) {
    if (table.type !== sectionTypes.rel || /^\.rel\.(debug|eh_frame)/.test(table.name)) continue;
    const target = sections[table.info];
    const shown = displayText(table.name);
    if (!target || table.info === 0) damaged(`"${shown}" patches section ${table.info}, which is none`);
    if (sections[table.link]?.type !== sectionTypes.symtab) damaged(`"${shown}" has no symbol table`);
    if (relocations.has(table.info)) damaged(`two sections patch "${displayText(target.name)}"`);
    relocations.set(table.info, readRelocations(table, target, symbols.length, bigEndian));
  }
  return { bigEndian, sections, symbols, relocations };
}

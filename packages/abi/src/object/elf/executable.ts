// Functions of an executable or shared library and where its segments lie, for turning addresses of a process into names and
// names into offsets (System V gABI; 64-bit little-endian ELF). Takes any bytes; what lies outside of the file is left out.

/** A function by its address in the file's own address space. */
export interface ExecutableSymbol {
  readonly name: string;
  readonly address: number;
  /** In bytes; 0 where the file does not say. */
  readonly size: number;
}

/** A part of the file that is mapped into memory (`PT_LOAD`). */
export interface ExecutableSegment {
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly address: number;
  /** Bytes of it in the file. */
  readonly size: number;
  readonly executable: boolean;
}

/** What a process has of a file. */
export interface Executable {
  /** Functions that the file defines, by address; exported ones last of those that share one. */
  readonly symbols: readonly ExecutableSymbol[];
  readonly segments: readonly ExecutableSegment[];
}

const magic = [0x7f, 0x45, 0x4c, 0x46, 2, 1];
const PT_LOAD = 1;
const PF_X = 1;
const sectionTypes = { symtab: 2, dynsym: 11 };
const symbolTypes = { func: 2, indirectFunction: 10 };
const sizes = { header: 64, segment: 56, section: 64, symbol: 24 };

function number64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

/** Starts of the records of a table that lie in the file. */
function tableOf(view: DataView, offset: number, count: number, entrySize: number, least: number): readonly number[] {
  if (entrySize < least) return [];
  const room = Math.max(0, Math.floor((view.byteLength - offset) / entrySize));
  return Array.from({ length: Math.min(count, room) }, (_, index) => offset + index * entrySize);
}

function segmentsOf(view: DataView): readonly ExecutableSegment[] {
  const at = tableOf(view, number64(view, 32), view.getUint16(56, true), view.getUint16(54, true), sizes.segment);
  return at
    .filter((start) => view.getUint32(start, true) === PT_LOAD)
    .map((start) => ({
      offset: number64(view, start + 8),
      address: number64(view, start + 16),
      size: number64(view, start + 32),
      executable: (view.getUint32(start + 4, true) & PF_X) !== 0,
    }));
}

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly entrySize: number;
}

function sectionsOf(view: DataView): readonly Section[] {
  const at = tableOf(view, number64(view, 40), view.getUint16(60, true), view.getUint16(58, true), sizes.section);
  return at.map((start) => ({
    type: view.getUint32(start + 4, true),
    offset: number64(view, start + 24),
    size: number64(view, start + 32),
    link: view.getUint32(start + 40, true),
    entrySize: number64(view, start + 56),
  }));
}

function symbolsOf(bytes: Uint8Array, view: DataView, table: Section, names: Section | undefined): ExecutableSymbol[] {
  if (!names) return [];
  const strings = bytes.subarray(names.offset, names.offset + names.size);
  const decoder = new TextDecoder();
  const found: ExecutableSymbol[] = [];
  for (const at of tableOf(
    view,
    table.offset,
    Math.floor(table.size / table.entrySize),
    table.entrySize,
    sizes.symbol,
  )) {
    const type = view.getUint8(at + 4) & 15;
    const isDefined = view.getUint16(at + 6, true) !== 0;
    if (!isDefined || (type !== symbolTypes.func && type !== symbolTypes.indirectFunction)) continue;
    const start = view.getUint32(at, true);
    const end = strings.indexOf(0, start);
    const name = decoder.decode(strings.subarray(start, end < 0 ? strings.length : end));
    if (name !== "") found.push({ name, address: number64(view, at + 8), size: number64(view, at + 16) });
  }
  return found;
}

/** The functions and segments of a file; undefined where it is no 64-bit little-endian ELF file. */
export function readExecutable(bytes: Uint8Array): Executable | undefined {
  if (bytes.length < sizes.header || magic.some((byte, index) => bytes[index] !== byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sections = sectionsOf(view);
  const tables = sections.filter(({ type }) => type === sectionTypes.symtab || type === sectionTypes.dynsym);
  const all = tables.flatMap((table) => symbolsOf(bytes, view, table, sections[table.link]));
  const symbols = new Map(all.map((symbol) => [`${symbol.name} ${symbol.address}`, symbol]));
  return {
    symbols: [...symbols.values()].sort((one, other) => one.address - other.address),
    segments: segmentsOf(view),
  };
}

/** Bytes from the start of the file to what lies at an address of its own; undefined where nothing does. */
export function fileOffsetOf({ segments }: Executable, address: number): number | undefined {
  const segment = segments.find((one) => address >= one.address && address < one.address + one.size);
  return segment && address - segment.address + segment.offset;
}

/** The address of its own at which a byte of the file lies; undefined where it is not mapped. */
export function fileAddressOf({ segments }: Executable, offset: number): number | undefined {
  const inside = segments.filter((one) => offset >= one.offset && offset < one.offset + one.size);
  const segment = inside.find(({ executable }) => executable) ?? inside[0];
  return segment && offset - segment.offset + segment.address;
}

// A BpfObject as an ELF file with BTF, as libbpf, bpftool, ip and tc load clang's: programs in libbpf's sections, functions
// in ".text", maps in ".maps", global data in its sections. What ELF cannot say goes into a section that no loader reads
// (facts.ts), so that reading gives the object back. Equal objects give equal bytes: nothing of the machine goes in.
import { btfName } from "../../btf/names.ts";
import { abiDiagnostics } from "../../diagnostics/catalogue.ts";
import { DiagnosticError, diagnostic } from "../../diagnostics/diagnostic.ts";
import { slotCount } from "../../isa/insn.ts";
import type { BpfObject, DataSection, FunctionSpec } from "../object.ts";
import type { Relocation } from "../relocation.ts";
import { factsSection, factsText } from "./facts.ts";
import { type ElfSymbol, relocationTypes, sectionFlags, sectionTypes, symbolBindings, symbolTypes } from "./format.ts";
import { layoutFile, type SectionToWrite } from "./layout.ts";
import { type PlacedCode, type SectionOffset, writeBtf } from "./write-btf.ts";
import { type NamedRelocation, placesOf, sectionCode, type Target, Unwritable } from "./write-code.ts";

const { alloc, exec, write } = sectionFlags;
/** The most bytes of data that are written out. */
const mostData = 1 << 28;

/** Functions in ".text", then programs by section, in the order in which the sections are first met. */
function codeSections(object: BpfObject): readonly PlacedCode[] {
  const bySection = new Map<string, FunctionSpec[]>();
  if (object.functions.length > 0) bySection.set(".text", [...object.functions]);
  for (const program of object.programs) {
    if (program.section === ".text")
      throw new Unwritable(`program "${program.name}" is in ".text", where functions are`);
    const known = bySection.get(program.section);
    if (known) known.push(program);
    else bySection.set(program.section, [program]);
  }
  return [...bySection].map(([section, codes]) => {
    const places = placesOf(codes);
    return { section, functions: codes.map((code, index) => ({ code, start: places[index] ?? 0 })) };
  });
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
}

function dataSection({ name, readOnly, size, contents }: DataSection): SectionToWrite {
  if (!/^\.(data|rodata|bss)(\.|$)/.test(name)) throw new Unwritable(`"${name}" is no name of a data section`);
  if (name.startsWith(".rodata") !== readOnly)
    throw new Unwritable(`"${name}" cannot be ${readOnly ? "read-only" : "written"}`);
  const flags = readOnly ? alloc : alloc | write;
  if (name.startsWith(".bss")) {
    if (contents !== undefined) throw new Unwritable(`"${name}" has contents, but only zeros can be there`);
    return { name, type: sectionTypes.nobits, flags, align: 8, data: size };
  }
  if (size > mostData) throw new Unwritable(`"${name}" has ${size} bytes; at most ${mostData} are written`);
  const data = new Uint8Array(size);
  data.set(bytesOfHex(contents ?? ""));
  return { name, type: sectionTypes.progbits, flags, align: 8, data };
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(`${value}\0`);
}

/** Collects sections and symbols, each of which may be asked for by name. */
class FileParts {
  readonly sections: SectionToWrite[] = [];
  readonly symbols: ElfSymbol[] = [];
  readonly #sectionIndex = new Map<string, number>();
  readonly #sectionSymbol = new Map<string, number>();
  readonly #mapSymbol = new Map<string, number>();
  readonly #codeSymbol = new Map<string, number>();

  add(section: SectionToWrite): void {
    if (this.#sectionIndex.has(section.name)) throw new Unwritable(`two sections are called "${section.name}"`);
    this.#sectionIndex.set(section.name, this.sections.push(section));
  }

  symbol(section: string, symbol: Pick<ElfSymbol, "name" | "type" | "value" | "size">, global: boolean): number {
    const { local, global: everywhere } = symbolBindings;
    const binding = global ? everywhere : local;
    return this.symbols.push({ ...symbol, binding, visibility: 0, section: this.#sectionIndex.get(section) ?? 0 }) - 1;
  }

  mapSymbol(name: string, value: number, size: number): void {
    this.#mapSymbol.set(name, this.symbol(".maps", { name, type: symbolTypes.object, value, size }, true));
  }

  codeSymbol(section: string, name: string, value: number, size: number): void {
    const symbol = { name, type: symbolTypes.func, value, size };
    this.#codeSymbol.set(name, this.symbol(section, symbol, section !== ".text"));
  }

  /** Says in ".maps" which programs lie in slots. */
  fillSlots(programs: readonly { readonly offset: number; readonly name: string }[]): void {
    const index = this.sections.findIndex(({ name }) => name === ".maps");
    const section = this.sections[index];
    if (!section || programs.length === 0) return;
    const relocations = programs.map(({ offset, name }) => {
      const symbol = this.#codeSymbol.get(name);
      if (symbol === undefined) throw new Unwritable(`a slot holds the program "${name}", which is not in the object`);
      return { offset, type: relocationTypes.abs64, symbol };
    });
    this.sections[index] = { ...section, relocations };
  }

  /** The symbol of a section's start; made by the first use. */
  sectionSymbol(name: string): number {
    const known = this.#sectionSymbol.get(name);
    if (known !== undefined) return known;
    const made = this.symbol(name, { name: "", type: symbolTypes.section, value: 0, size: 0 }, false);
    this.#sectionSymbol.set(name, made);
    return made;
  }

  relocate(name: string, relocations: readonly NamedRelocation[]): void {
    const index = (this.#sectionIndex.get(name) ?? 0) - 1;
    const section = this.sections[index];
    if (!section || relocations.length === 0) return;
    const done = relocations.map(({ offset, type, symbol }) => {
      const found = symbol.kind === "map" ? this.#mapSymbol.get(symbol.name) : this.sectionSymbol(symbol.name);
      return { offset, type, symbol: found ?? 0 };
    });
    this.sections[index] = { ...section, relocations: done };
  }
}

/** What relocations of an object refer to. */
function targets(object: BpfObject): (relocation: Relocation) => Target | undefined {
  const places = placesOf(object.functions);
  const starts = new Map(object.functions.map(({ name }, index) => [name, places[index] ?? 0]));
  const sections = new Set(object.sections.map(({ name }) => name));
  const maps = new Set(object.maps.map(({ name }) => name));
  return (relocation) => {
    switch (relocation.kind) {
      case "map":
        return maps.has(relocation.map) ? { symbol: { kind: "map", name: relocation.map }, addend: 0 } : undefined;
      case "mapValue":
        throw new Unwritable(
          `the address of a value of map "${relocation.map}" has no relocation in ELF: compile without it`,
        );
      case "data": {
        const { section, offset } = relocation;
        return sections.has(section) ? { symbol: { kind: "section", name: section }, addend: offset } : undefined;
      }
      case "kernelFunction":
        return undefined;
      case "call":
      case "function": {
        const start = starts.get(relocation.function);
        return start === undefined ? undefined : { symbol: { kind: "section", name: ".text" }, addend: start };
      }
      default:
        return relocation satisfies never;
    }
  };
}

function wordRelocations(offsets: readonly SectionOffset[]): readonly NamedRelocation[] {
  return offsets.map(({ at, section }) => {
    return { offset: at, type: relocationTypes.noDynamic32, symbol: { kind: "section", name: section } };
  });
}

function addSymbols(parts: FileParts, object: BpfObject, codes: readonly PlacedCode[]): void {
  for (const { section, functions } of codes) {
    for (const { code, start } of functions) {
      parts.codeSymbol(section, code.name, start, slotCount(code.insns) * 8);
    }
  }
  for (const { name: section, variables } of object.sections) {
    for (const { name, offset, layout } of variables) {
      if (layout.size === 0) continue;
      // libbpf finds the symbol by the name that the variable has in BTF.
      parts.symbol(section, { name: btfName(name), type: symbolTypes.object, value: offset, size: layout.size }, true);
    }
  }
}

function fileOf(object: BpfObject): Uint8Array {
  if (object.foreign) throw new Unwritable("the object was read from a file with parts that only that file has");
  const codes = codeSections(object);
  const { btf, btfOffsets, ext, extOffsets, maps } = writeBtf(object, codes);
  const parts = new FileParts();
  const find = targets(object);
  const contents = codes.map(({ functions }) =>
    sectionCode(
      functions.map(({ code }) => code),
      find,
    ),
  );
  for (const [index, { section }] of codes.entries()) {
    const data = contents[index]?.bytes ?? new Uint8Array(0);
    parts.add({ name: section, type: sectionTypes.progbits, flags: alloc | exec, align: 8, data });
  }
  const plain = { type: sectionTypes.progbits, flags: 0, align: 4 } as const;
  parts.add({ ...plain, name: "license", flags: alloc | write, align: 1, data: text(object.license) });
  if (maps.length > 0) {
    const size = maps.reduce((sum, one) => sum + one.size, 0);
    parts.add({ ...plain, name: ".maps", flags: alloc | write, align: 8, data: new Uint8Array(size) });
  }
  for (const section of object.sections) parts.add(dataSection(section));
  parts.add({ ...plain, name: ".BTF", data: btf });
  parts.add({ ...plain, name: ".BTF.ext", data: ext });
  // A string table, which libbpf and its linker pass over without a word.
  parts.add({
    ...plain,
    name: factsSection,
    type: sectionTypes.strtab,
    align: 1,
    data: text(`\0${factsText(object)}`),
  });
  addSymbols(parts, object, codes);
  for (const { name, offset, size } of maps) parts.mapSymbol(name, offset, size);
  parts.fillSlots(maps.flatMap(({ programs }) => programs));
  for (const [index, { section }] of codes.entries()) parts.relocate(section, contents[index]?.relocations ?? []);
  parts.relocate(".BTF", wordRelocations(btfOffsets));
  parts.relocate(".BTF.ext", wordRelocations(extOffsets));
  return layoutFile(parts);
}

/**
 * The object as an ELF file.
 * @throws DiagnosticError BPF5047 for an object that ELF cannot hold
 */
export function writeElf(object: BpfObject): Uint8Array {
  try {
    return fileOf(object);
  } catch (error) {
    if (!(error instanceof Unwritable)) throw error;
    throw new DiagnosticError([diagnostic(abiDiagnostics.elfUnwritable, { message: error.message })]);
  }
}

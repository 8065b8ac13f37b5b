// Functions of an object: their instructions, and relocations by name in place of symbols, by libbpf's rules
// (bpf_program__record_reloc and bpf_object__reloc_code of src/libbpf.c). Ensures the form that the back ends take: an
// instruction that is relocated has its pseudo source, and zero where the address goes; a call has -1.
import { abiDiagnostics } from "../../diagnostics/catalogue.ts";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { displayText } from "../../diagnostics/display.ts";
import { decode } from "../../isa/decode.ts";
import { type Insn, slotsOf } from "../../isa/insn.ts";
import type { ForeignReference } from "../object.ts";
import type { Relocation } from "../relocation.ts";
import { type ElfFile, refuse } from "./file.ts";
import { type ElfRelocation, type ElfSymbol, relocationTypes, symbolSections, symbolTypes } from "./format.ts";
import { type CodeSymbol, isCode, isData } from "./symbols.ts";

/** Names of maps by their offset in the section of that index. */
export type MapPlaces = ReadonlyMap<number, ReadonlyMap<number, string>>;

/** What relocations may refer to, and where they are. */
export class CodeWorld {
  readonly file: ElfFile;
  readonly maps: MapPlaces;
  readonly #starts = new Map<string, CodeSymbol>();
  readonly #relocations = new Map<number, readonly ElfRelocation[]>();

  constructor(file: ElfFile, functions: readonly CodeSymbol[], maps: MapPlaces) {
    this.file = file;
    this.maps = maps;
    for (const one of functions) {
      const place = `${one.section}:${one.start}`;
      // Of two names of one function the one that can be called.
      if (!this.#starts.has(place) || one.role === "function") this.#starts.set(place, one);
    }
    for (const [section, all] of file.relocations) {
      this.#relocations.set(
        section,
        [...all].sort((a, b) => a.offset - b.offset),
      );
    }
  }

  /** The function that begins at a byte of a section. */
  functionAt(section: number, byte: number): CodeSymbol | undefined {
    return this.#starts.get(`${section}:${byte}`);
  }

  /** The relocations within a function, by offset. */
  relocationsIn({ section, start, end }: CodeSymbol): readonly ElfRelocation[] {
    const all = this.#relocations.get(section) ?? [];
    let [low, high] = [0, all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((all[middle]?.offset ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    let after = low;
    while ((all[after]?.offset ?? end) < end) after++;
    return all.slice(low, after);
  }
}

/** The code of a function. */
export interface ReadCode {
  readonly insns: readonly Insn[];
  readonly relocations: readonly Relocation[];
  readonly references: readonly ForeignReference[];
}

const LDDW = 0x18;
const CALL = 0x85;
const PSEUDO = { map: 1, mapValue: 2, data: 2, function: 4, call: 1 } as const;
const PSEUDO_KFUNC = 2;

/** Big-endian code as little-endian: registers change halves, numbers their order. */
function littleEndian(code: Uint8Array): Uint8Array {
  const swapped = code.slice();
  const from = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const to = new DataView(swapped.buffer);
  for (let at = 0; at + 8 <= code.length; at += 8) {
    const registers = from.getUint8(at + 1);
    to.setUint8(at + 1, (registers >> 4) | ((registers & 0xf) << 4));
    to.setInt16(at + 2, from.getInt16(at + 2, false), true);
    to.setInt32(at + 4, from.getInt32(at + 4, false), true);
  }
  return swapped;
}

function instructions(file: ElfFile, { name, section, start, end }: CodeSymbol): readonly Insn[] {
  const code = file.sections[section]?.data.subarray(start, end) ?? new Uint8Array(0);
  const { insns, diagnostics } = decode(file.bigEndian ? littleEndian(code) : code);
  const [first] = diagnostics;
  if (!first) return insns;
  throw new DiagnosticError([{ ...first, notes: [`in function "${displayText(name)}"`, ...first.notes] }]);
}

/** One function on its way out of the file. */
class Reading {
  readonly #world: CodeWorld;
  readonly #code: CodeSymbol;
  readonly relocations: Relocation[] = [];
  readonly references: ForeignReference[] = [];

  constructor(world: CodeWorld, code: CodeSymbol) {
    this.#world = world;
    this.#code = code;
  }

  #refuse(slot: number, why: string): never {
    return refuse(abiDiagnostics.elfRelocation, `slot ${slot} of "${displayText(this.#code.name)}" ${why}`);
  }

  #functionAt(slot: number, section: number, byte: number): string {
    const found = this.#world.functionAt(section, byte);
    if (found?.role === "program") return this.#refuse(slot, `calls "${displayText(found.name)}", which is a program`);
    if (found) return found.name;
    return this.#refuse(slot, `refers to byte ${byte} of section ${section}, where no function begins`);
  }

  #extern(slot: number, symbol: ElfSymbol, insn: Insn): Insn {
    this.references.push({ function: this.#code.name, slot, kind: "extern", name: symbol.name });
    if (insn.opcode === CALL) return { ...insn, src: PSEUDO_KFUNC, imm: 0 };
    return insn;
  }

  #put(relocation: Relocation, insn: Insn): Insn {
    this.relocations.push(relocation);
    const src = relocation.kind === "kernelFunction" ? PSEUDO_KFUNC : PSEUDO[relocation.kind];
    return relocation.kind === "call" ? { ...insn, src, imm: -1 } : { ...insn, src, imm: 0, nextImm: 0 };
  }

  /** An `lddw`: of a map, of data, or of a function. */
  #address(slot: number, symbol: ElfSymbol, insn: Insn): Insn {
    const { file, maps } = this.#world;
    const addend = symbol.value + insn.imm;
    const names = maps.get(symbol.section);
    if (names) {
      // libbpf takes a map by the place of its symbol and ignores what stands in the instruction.
      const map = names.get(symbol.type === symbolTypes.section ? addend : symbol.value);
      return map === undefined
        ? this.#refuse(slot, `refers to "${displayText(symbol.name)}", which is no map`)
        : this.#put({ kind: "map", slot, map }, insn);
    }
    const section = file.sections[symbol.section];
    if (section && isCode(section)) {
      return this.#put({ kind: "function", slot, function: this.#functionAt(slot, symbol.section, addend) }, insn);
    }
    if (section && isData(section)) {
      if (addend < 0 || addend > section.size) {
        return this.#refuse(
          slot,
          `refers to byte ${addend} of "${displayText(section.name)}", which has ${section.size}`,
        );
      }
      return this.#put({ kind: "data", slot, section: section.name, offset: addend }, insn);
    }
    if (!section) return this.#refuse(slot, "refers to a symbol without a section");
    // Arenas, tables of struct_ops, and what else libbpf has its own rules for.
    return this.#extern(slot, { ...symbol, name: section.name }, insn);
  }

  #relocated(slot: number, { type, symbol: index }: ElfRelocation, insn: Insn): Insn {
    const symbol = this.#world.file.symbols[index];
    const fits =
      (type === relocationTypes.ld64 && insn.opcode === LDDW) ||
      (type === relocationTypes.call32 && insn.opcode === CALL);
    if (!symbol || !fits) return this.#refuse(slot, `has a relocation of type ${type}, which it has no room for`);
    if (symbol.section === symbolSections.undefined) return this.#extern(slot, symbol, insn);
    if (insn.opcode === LDDW) return this.#address(slot, symbol, insn);
    return this.#call(slot, symbol.section, symbol.value + (insn.imm + 1) * 8, insn);
  }

  #call(slot: number, section: number, byte: number, insn: Insn): Insn {
    return this.#put({ kind: "call", slot, function: this.#functionAt(slot, section, byte) }, insn);
  }

  run(): ReadCode {
    const { file } = this.#world;
    const { section, start } = this.#code;
    const pending = new Map<number, ElfRelocation>();
    for (const one of this.#world.relocationsIn(this.#code)) {
      const slot = Math.floor((one.offset - start) / 8);
      if (pending.has(slot)) this.#refuse(slot, "has two relocations");
      pending.set(slot, one);
    }
    let slot = 0;
    const insns = instructions(file, this.#code).map((insn) => {
      const here = slot;
      slot += slotsOf(insn);
      const relocation = pending.get(here);
      pending.delete(here);
      if (relocation) return this.#relocated(here, relocation, insn);
      // A call within one section needs no relocation: the distance is known.
      const local = insn.opcode === CALL && insn.src === PSEUDO.call;
      return local ? this.#call(here, section, start + (here + insn.imm + 1) * 8, insn) : insn;
    });
    for (const left of pending.keys()) this.#refuse(left, "has a relocation but no instruction begins there");
    return { insns, relocations: this.relocations, references: this.references };
  }
}

/** Reads one function. @throws DiagnosticError */
export function readCode(world: CodeWorld, code: CodeSymbol): ReadCode {
  return new Reading(world, code).run();
}

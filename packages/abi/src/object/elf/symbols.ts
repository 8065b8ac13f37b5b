// What the symbols of an object stand for: functions with their places, maps, variables. Takes a file whose structure is
// sound; ensures that functions are whole instructions inside of their section and do not overlap by halves.
import { abiDiagnostics } from "../../diagnostics/catalogue.ts";
import { displayText } from "../../diagnostics/display.ts";
import { programSection } from "../../kernel/program-sections.ts";
import { type ElfFile, refuse } from "./file.ts";
import { type ElfSection, type ElfSymbol, sectionFlags, sectionTypes, symbolBindings, symbolTypes } from "./format.ts";

/** A function of the file. */
export interface CodeSymbol {
  /** Unique among the functions of the object. */
  readonly name: string;
  /** Index of its section. */
  readonly section: number;
  /** Bytes from the start of the section. */
  readonly start: number;
  readonly end: number;
  /** `maybe`: visible to all, but in a section that libbpf does not know: a program unless another function calls it. */
  readonly role: "program" | "maybe" | "function";
}

/** True for a section with instructions. */
export function isCode(section: ElfSection): boolean {
  return section.type === sectionTypes.progbits && (section.flags & sectionFlags.exec) !== 0 && section.size > 0;
}

/** True for a section of global data, by libbpf's names. */
export function isData(section: ElfSection): boolean {
  return (
    (section.flags & sectionFlags.alloc) !== 0 && section.size > 0 && /^\.(data|rodata|bss)(\.|$)/.test(section.name)
  );
}

function shown(name: string): string {
  return displayText(name);
}

function placed(
  symbol: ElfSymbol,
  section: ElfSection,
  next: number,
): { readonly start: number; readonly end: number } {
  const start = symbol.value;
  // Hand-written assembly may leave out the size: the function goes on to the next one.
  const end = symbol.size === 0 ? next : start + symbol.size;
  if (start % 8 !== 0 || end % 8 !== 0 || end > section.size || start >= end) {
    const place = `bytes ${start} to ${end} of "${shown(section.name)}", which has ${section.size}`;
    return refuse(abiDiagnostics.elfCode, `function "${shown(symbol.name)}" lies at ${place}`);
  }
  return { start, end };
}

function functionsOf(section: ElfSection, index: number, symbols: readonly ElfSymbol[]): readonly CodeSymbol[] {
  const own = symbols.filter((one) => one.type === symbolTypes.func && one.name !== "");
  own.sort((a, b) => a.value - b.value || b.size - a.size);
  if (own.length === 0) {
    refuse(abiDiagnostics.elfCode, `section "${shown(section.name)}" has code but no symbol of a function`);
  }
  let next = section.size;
  let following = section.size;
  const ends = own.map(() => 0);
  for (let at = own.length - 1; at >= 0; at--) {
    const value = own[at]?.value ?? 0;
    if (value !== following) next = following;
    following = value;
    ends[at] = next;
  }
  let before: CodeSymbol | undefined;
  return own.map((symbol, at) => {
    const place = placed(symbol, section, ends[at] ?? section.size);
    const overlaps = before && place.start < before.end && (place.start !== before.start || place.end !== before.end);
    if (overlaps) {
      refuse(abiDiagnostics.elfCode, `functions "${shown(before?.name ?? "")}" and "${shown(symbol.name)}" overlap`);
    }
    const callee = symbol.binding === symbolBindings.local || section.name === ".text";
    const role = callee ? "function" : programSection(section.name) ? "program" : "maybe";
    before = { name: symbol.name, section: index, ...place, role };
    return before;
  });
}

/** Every function of the file, in the order of the sections; a static one may get a number behind its name. */
export function codeSymbols({ sections, symbols }: ElfFile): readonly CodeSymbol[] {
  const bySection = new Map<number, ElfSymbol[]>();
  for (const symbol of symbols) {
    const own = bySection.get(symbol.section);
    if (own) own.push(symbol);
    else bySection.set(symbol.section, [symbol]);
  }
  const all = sections.flatMap((section, index) =>
    isCode(section) ? functionsOf(section, index, bySection.get(index) ?? []) : [],
  );
  const taken = new Map<string, number>();
  for (const { name, role } of all) {
    if (role === "function") continue;
    if (taken.has(name)) refuse(abiDiagnostics.elfCode, `two programs are called "${shown(name)}"`);
    taken.set(name, 1);
  }
  return all.map((one) => {
    if (one.role !== "function") return one;
    let copy = taken.get(one.name) ?? 0;
    let name = one.name;
    while (copy > 0 && taken.has(name)) name = `${one.name}.${++copy}`;
    taken.set(one.name, Math.max(copy, 1));
    taken.set(name, 1);
    return { ...one, name };
  });
}

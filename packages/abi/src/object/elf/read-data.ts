// Sections of global data: their bytes, and variables by BTF or, without it, by symbol. Takes a file whose structure is
// sound; a section that is all zero has no contents, as the object has it.
import { abiDiagnostics } from "../../diagnostics/catalogue.ts";
import { displayText } from "../../diagnostics/display.ts";
import { arrayLayout, scalarLayouts } from "../../layout.ts";
import type { DataSection, GlobalVariable } from "../object.ts";
import { type ElfFile, refuse } from "./file.ts";
import { type ElfSection, symbolTypes } from "./format.ts";
import { layoutOfSize, type ReadTypes } from "./read-layout.ts";
import { isData } from "./symbols.ts";

/** The most bytes of a section that are read: what `.bss` claims costs memory without a byte in the file. */
const mostBytes = 1 << 24;
const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Bytes up to the last one that is not zero, in hex; undefined where all are. */
export function contentsOf(bytes: Uint8Array): string | undefined {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  if (end === 0) return undefined;
  const parts: string[] = [];
  for (let at = 0; at < end; at += 4096) {
    parts.push(Array.from(bytes.subarray(at, Math.min(end, at + 4096)), (byte) => hexDigits[byte]).join(""));
  }
  return parts.join("");
}

function fromBtf(read: ReadTypes, { name, size }: ElfSection): readonly GlobalVariable[] | undefined {
  const section = read.types.find((one) => one.kind === "datasec" && one.name === name);
  if (section?.kind !== "datasec") return undefined;
  const variables = section.variables.flatMap(({ type, offset, size: bytes }) => {
    const variable = read.types[type - 1];
    if (variable?.kind !== "var" || bytes === 0) return [];
    if (offset + bytes > size) {
      const message = `variable "${displayText(variable.name)}" lies outside of "${displayText(name)}"`;
      return refuse(abiDiagnostics.elfData, message);
    }
    return [{ name: variable.name, offset, layout: layoutOfSize(read, variable.type, bytes) }];
  });
  return variables.sort((a, b) => a.offset - b.offset);
}

function fromSymbols({ symbols }: ElfFile, index: number, section: ElfSection): readonly GlobalVariable[] {
  const own = symbols.filter((one) => one.section === index && one.type === symbolTypes.object && one.name !== "");
  const inside = own.filter(({ value, size }) => size > 0 && value + size <= section.size);
  inside.sort((a, b) => a.value - b.value);
  return inside.map(({ name, value, size }) => ({
    name,
    offset: value,
    layout: arrayLayout(scalarLayouts.u8, size),
  }));
}

/** Variables whose names are unique; a later one of the same name is left out, as user space could not tell them apart. */
function unique(variables: readonly GlobalVariable[]): readonly GlobalVariable[] {
  const names = new Set<string>();
  return variables.filter(({ name }) => !names.has(name) && names.add(name));
}

/** The sections of global data, sorted by name. @throws DiagnosticError */
export function readData(file: ElfFile, read: ReadTypes | undefined): readonly DataSection[] {
  const names = new Set<string>();
  const sections = file.sections.flatMap((section, index): DataSection[] => {
    if (!isData(section)) return [];
    const { name, size, data } = section;
    const shown = displayText(name);
    if (names.has(name)) refuse(abiDiagnostics.elfData, `two sections are called "${shown}"`);
    if (size > mostBytes)
      refuse(abiDiagnostics.elfData, `section "${shown}" has ${size} bytes; at most ${mostBytes} are read`);
    names.add(name);
    const contents = contentsOf(data);
    const variables = unique((read && fromBtf(read, section)) ?? fromSymbols(file, index, section));
    const readOnly = name.startsWith(".rodata");
    return [{ name, readOnly, size, ...(contents !== undefined && { contents }), variables }];
  });
  return sections.sort((a, b) => (a.name < b.name ? -1 : 1));
}

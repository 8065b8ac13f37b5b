// `.BTF` and `.BTF.ext` as they are once relocations have put offsets in: compilers leave the places of global variables
// and of functions to them (Documentation/bpf/llvm_reloc.rst). Takes a file whose structure is sound.
import { abiDiagnostics } from "../../diagnostics/catalogue.ts";
import { type ElfFile, refuse } from "./file.ts";
import { relocationTypes } from "./format.ts";

/** Relocations of 32 bits; compilers before LLVM 14 wrote the type of calls here. */
const words: readonly number[] = [relocationTypes.abs32, relocationTypes.noDynamic32, relocationTypes.call32];

/** The section of that name with its relocations done; undefined where there is none. */
export function patchedSection(file: ElfFile, name: string): Uint8Array | undefined {
  const index = file.sections.findIndex((one) => one.name === name);
  const section = file.sections[index];
  if (!section) return undefined;
  const bytes = section.data.slice();
  const view = new DataView(bytes.buffer);
  for (const { offset, type, symbol } of file.relocations.get(index) ?? []) {
    const value = file.symbols[symbol]?.value ?? 0;
    if (!words.includes(type) || offset + 4 > bytes.length) {
      refuse(
        abiDiagnostics.elfRelocation,
        `a relocation of type ${type} at byte ${offset} does not fit into "${name}"`,
      );
    }
    const word = view.getUint32(offset, !file.bigEndian);
    view.setUint32(offset, (word + value) >>> 0, !file.bigEndian);
  }
  return bytes;
}

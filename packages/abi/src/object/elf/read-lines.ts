// What `.BTF.ext` says about the code of an object: lines of the source, with their texts, and places that need the layout
// of kernel types (CO-RE). Records of sections or slots that are not there are passed over, as libbpf does.
import type { BtfExt, ExtLine } from "../../btf/ext.ts";
import type { BtfType } from "../../btf/types.ts";
import type { ForeignReference, LineEntry, SourceText } from "../object.ts";
import type { ElfFile } from "./file.ts";
import type { CodeSymbol } from "./symbols.ts";

/** More lines than this are not made up to hold the few that are known. */
const mostLines = 1 << 18;

/** Records of an ELF section by their offset. */
type Records<T> = ReadonlyMap<number, readonly T[]>;

function bySection<T extends { readonly offset: number }>(
  file: ElfFile,
  sections: readonly { readonly name: string; readonly records: readonly T[] }[],
): Records<T> {
  const indices = new Map(file.sections.map(({ name }, index) => [name, index]));
  const records = new Map<number, T[]>();
  for (const { name, records: more } of sections) {
    const index = indices.get(name);
    if (index === undefined) continue;
    const known = records.get(index) ?? [];
    for (const one of more) known.push(one);
    records.set(index, known);
  }
  for (const known of records.values()) known.sort((a, b) => a.offset - b.offset);
  return records;
}

function within<T extends { readonly offset: number }>(records: Records<T>, { section, start, end }: CodeSymbol) {
  const all = records.get(section) ?? [];
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle]?.offset ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  const found: T[] = [];
  for (let at = low; (all[at]?.offset ?? end) < end; at++) {
    const one = all[at];
    if (one) found.push(one);
  }
  return found;
}

/** The records of an object's `.BTF.ext`, by function. */
export class ReadExt {
  readonly #lines: Records<ExtLine>;
  readonly #relocations: Records<{ readonly offset: number; readonly type: number }>;
  readonly #types: readonly BtfType[];
  readonly #texts = new Map<string, Map<number, string>>();

  constructor(file: ElfFile, ext: BtfExt, types: readonly BtfType[]) {
    this.#lines = bySection(file, ext.lines);
    this.#relocations = bySection(file, ext.relocations);
    this.#types = types;
  }

  /** The lines of a function; those that the compiler could not tell are left out. */
  linesOf(code: CodeSymbol): readonly LineEntry[] {
    let before = -1;
    return within(this.#lines, code).flatMap(({ offset, file, text, line, column }) => {
      const slot = (offset - code.start) / 8;
      if (!Number.isInteger(slot) || slot <= before || line === 0 || file === "") return [];
      before = slot;
      const texts = this.#texts.get(file) ?? new Map<number, string>();
      this.#texts.set(file, texts.set(line, text));
      return [{ slot, at: { file, line, column: Math.max(1, column), length: 1 } }];
    });
  }

  /** Where a function needs the layout of a kernel type. */
  referencesOf(code: CodeSymbol): readonly ForeignReference[] {
    return within(this.#relocations, code).map(({ offset, type }) => {
      const found = this.#types[type - 1];
      const name = found && "name" in found && found.name !== "" ? found.name : `type ${type}`;
      return { function: code.name, slot: Math.floor((offset - code.start) / 8), kind: "core", name };
    });
  }

  /** The texts of the lines that were read, each at its number and nothing between them. */
  sources(): readonly SourceText[] {
    let left = mostLines;
    return [...this.#texts].flatMap(([file, texts]) => {
      const last = [...texts.keys()].reduce((most, line) => Math.max(most, line), 0);
      left -= last;
      if (left < 0) return [];
      const lines = Array.from({ length: last }, (_, index) => texts.get(index + 1) ?? "");
      return [{ file, text: `${lines.join("\n")}\n` }];
    });
  }
}

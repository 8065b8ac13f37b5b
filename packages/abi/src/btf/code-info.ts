// What BPF_PROG_LOAD and `.BTF.ext` say about instructions: where functions begin, and from which line of which file each
// instruction comes, with the line's text. Ensures what check_btf_func and check_btf_line of kernel/bpf/verifier.c demand
// (Linux 6.12): functions in order, entries that increase, one at the start of each function, none inside of an instruction.
import { slotsOf } from "../isa/insn.ts";
import type { FlatProgram } from "../object/flatten.ts";
import type { LineEntry, SourceText } from "../object/object.ts";
import type { BtfId, ObjectTypes } from "./types.ts";

/** A function's start. */
export interface FunctionInfo {
  /** Index in 8-byte slots. */
  readonly slot: number;
  /** Its `func`. */
  readonly type: BtfId;
}

/** A place in the source; it holds from its slot up to that of the next entry. */
export interface LineInfo {
  readonly slot: number;
  readonly file: string;
  /** The whole line. */
  readonly text: string;
  /** 1-based, as everywhere here; 0 for unknown ones. */
  readonly line: number;
  readonly column: number;
}

/** Everything about the instructions of one program. */
export interface CodeInfo {
  readonly functions: readonly FunctionInfo[];
  readonly lines: readonly LineInfo[];
}

/** Texts of lines by file. */
export class SourceLines {
  readonly #sources: readonly SourceText[];
  readonly #lines = new Map<string, readonly string[]>();

  constructor(sources: readonly SourceText[]) {
    this.#sources = sources;
  }

  /** The text of a line, counted from 1; empty where it is not known. */
  text(file: string, line: number): string {
    let lines = this.#lines.get(file);
    if (!lines) {
      const text = this.#sources.find((one) => one.file === file)?.text ?? "";
      lines = text.split(/\r\n|[\n\r\u2028\u2029]/u);
      this.#lines.set(file, lines);
    }
    return lines[line - 1] ?? "";
  }
}

function info({ slot, at }: LineEntry, sources: SourceLines): LineInfo {
  const { file, line, column } = at;
  return { slot, file, text: sources.text(file, line), line, column };
}

/** Entries in order, at instructions, with one at each start; none at all where a function has none. */
function linesOf(flat: FlatProgram, sources: SourceLines): readonly LineInfo[] {
  const instructions = new Set<number>();
  let end = 0;
  for (const insn of flat.insns) {
    instructions.add(end);
    end += slotsOf(insn);
  }
  const bySlot = new Map<number, LineEntry>();
  for (const entry of flat.lines) if (instructions.has(entry.slot)) bySlot.set(entry.slot, entry);
  const sorted = [...bySlot.values()].sort((one, other) => one.slot - other.slot);
  for (const [index, { slot }] of flat.functions.entries()) {
    if (bySlot.has(slot)) continue;
    const next = flat.functions[index + 1]?.slot ?? end;
    const first = sorted.find((entry) => entry.slot > slot && entry.slot < next);
    if (!first) return [];
    bySlot.set(slot, { ...first, slot });
  }
  return [...bySlot.values()].sort((one, other) => one.slot - other.slot).map((entry) => info(entry, sources));
}

/** What is known about the instructions of a program; a part that the kernel would refuse is left out. */
export function codeInfo(flat: FlatProgram, types: ObjectTypes, sources: SourceLines): CodeInfo {
  const byName = new Map(types.functions.map(({ name, type }) => [name, type]));
  const functions = flat.functions.flatMap(({ name, slot }) => {
    const type = byName.get(name);
    return type === undefined ? [] : [{ slot, type }];
  });
  const complete = functions.length === flat.functions.length;
  return { functions: complete ? functions : [], lines: linesOf(flat, sources) };
}

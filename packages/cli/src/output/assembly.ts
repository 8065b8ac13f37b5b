// Programs as assembly in the kernel's syntax, with the TypeScript line above the instructions that come from it:
//
//   ; firewall.bpf.ts:12    if (!ip) return XDP.PASS;
//      4: (bd) if r3 > r2 goto pc+7
import {
  type BpfObject,
  disassembleInsn,
  displayText,
  encode,
  helperByNumber,
  type Insn,
  type ProgramSpec,
  type Relocation,
  type Span,
  slotsOf,
} from "@typebpf/abi";
import { toHex } from "@typebpf/loader";
import type { Styles } from "./style.ts";

/** An instruction with where it stands and where it comes from. */
export interface ListedInsn {
  readonly insn: Insn;
  /** Index in 8-byte slots. */
  readonly slot: number;
  /** 8 or 16 bytes as hex. */
  readonly bytes: string;
  /** In the kernel's syntax, maps by name. */
  readonly text: string;
  /** On the first instruction that comes from a place in the source. */
  readonly at?: Span;
}

/** What of a program is listed; bare bytecode has instructions only. */
export type Listable = Pick<ProgramSpec, "insns"> & Partial<Pick<ProgramSpec, "lines" | "relocations">>;

/** The text of a relocated instruction, with what it refers to by name. */
function withName(text: string, relocation: Relocation): string {
  switch (relocation.kind) {
    case "map":
      return text.replace(/map\[fd:\d+\]/, () => `map[${displayText(relocation.map)}]`);
    case "mapValue":
      return text.replace(/map\[fd:\d+\]\S*/, () => `map[${displayText(relocation.map)}][0]+${relocation.offset}`);
    case "data":
      return text.replace(/map\[fd:\d+\]\S*/, () => `${displayText(relocation.section)}+${relocation.offset}`);
    case "call":
      return `call ${displayText(relocation.function)}`;
    case "kernelFunction":
      return `call ${displayText(relocation.name)}`;
    case "function":
      return text.replace(/subprog\[\S*\]/, () => `subprog[${displayText(relocation.function)}]`);
    default:
      return relocation satisfies never;
  }
}

/** The instructions of a program. */
export function listProgram({ insns, lines = [], relocations = [] }: Listable): readonly ListedInsn[] {
  const places = new Map(lines.map(({ slot, at }) => [slot, at]));
  const named = new Map(relocations.map((one) => [one.slot, one]));
  const helperName = (number: number): string | undefined => helperByNumber(number)?.symbol;
  let next = 0;
  return insns.map((insn) => {
    const slot = next;
    next += slotsOf(insn);
    const [relocation, at] = [named.get(slot), places.get(slot)];
    const plain = disassembleInsn(insn, { helperName });
    const text = relocation ? withName(plain, relocation) : plain;
    return { insn, slot, bytes: toHex(encode([insn])), text, ...(at && { at }) };
  });
}

/** The lines of the sources of an object, by file. */
function sourceLines(object: BpfObject): ReadonlyMap<string, readonly string[]> {
  return new Map(object.sources.map(({ file, text }) => [file, text.split(/\r\n|[\n\r\u2028\u2029]/)]));
}

/** Instructions one a line, each group of one source line below that line. */
export function formatListing(
  listing: readonly ListedInsn[],
  sources: ReadonlyMap<string, readonly string[]>,
  styles: Styles,
): string {
  const lines: string[] = [];
  let shown = "";
  for (const { insn, slot, text, at } of listing) {
    const place = at ? `${at.file}:${at.line}` : shown;
    if (at && place !== shown) {
      const source = displayText(sources.get(at.file)?.[at.line - 1]?.trim() ?? "");
      lines.push(styles.faint(`; ${displayText(place)}  ${source}`.trimEnd()));
      shown = place;
    }
    lines.push(`${`${slot}`.padStart(4)}: (${insn.opcode.toString(16).padStart(2, "0")}) ${text}`);
  }
  return `${lines.join("\n")}\n`;
}

/** A program of any type, or a function with a word in place of the section. */
type Code = Omit<ProgramSpec, "type">;

function formatProgram(program: Code, sources: ReadonlyMap<string, readonly string[]>, styles: Styles): string {
  const slots = program.insns.reduce((sum, insn) => sum + slotsOf(insn), 0);
  const title = `${program.name} (${program.section}): ${slots} instructions, ${program.stackBytes} bytes of stack`;
  return `${styles.title(displayText(title))}\n${formatListing(listProgram(program), sources, styles)}`;
}

/** All the code of an object: its programs, also those that cannot be loaded here, then its functions. */
export function codesOf(object: BpfObject): readonly Code[] {
  const functions = object.functions.map((one) => ({ ...one, section: "function" }));
  return [...object.programs, ...(object.foreign?.programs ?? []), ...functions];
}

/** The code of an object as assembly, all of it or the programs given; a blank line between them. */
export function formatAssembly(object: BpfObject, styles: Styles, codes = codesOf(object)): string {
  const sources = sourceLines(object);
  return codes.map((one) => formatProgram(one, sources, styles)).join("\n");
}

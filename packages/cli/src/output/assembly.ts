// Programs as assembly in the kernel's syntax, with the TypeScript line above the instructions that come from it:
//
//   ; firewall.bpf.ts:12    if (!ip) return XDP.PASS;
//      4: (bd) if r3 > r2 goto pc+7
import { type BpfObject, disassembleInsn, displayText, helperByNumber, type ProgramSpec, slotsOf } from "@typebpf/abi";
import type { Styles } from "./style.ts";

/** The lines of the sources of an object, by file. */
function sourceLines(object: BpfObject): ReadonlyMap<string, readonly string[]> {
  return new Map(object.sources.map(({ file, text }) => [file, text.split(/\r\n|[\n\r\u2028\u2029]/)]));
}

function formatProgram(program: ProgramSpec, sources: ReadonlyMap<string, readonly string[]>, styles: Styles): string {
  const places = new Map(program.lines.map(({ slot, at }) => [slot, at]));
  const maps = new Map(program.relocations.map(({ slot, map }) => [slot, map]));
  const lines: string[] = [];
  let slot = 0;
  let shown = "";
  for (const insn of program.insns) {
    const at = places.get(slot);
    const place = at ? `${at.file}:${at.line}` : shown;
    if (at && place !== shown) {
      const text = displayText(sources.get(at.file)?.[at.line - 1]?.trim() ?? "");
      lines.push(styles.faint(`; ${displayText(place)}  ${text}`.trimEnd()));
      shown = place;
    }
    const map = maps.get(slot);
    const helperName = (number: number): string | undefined => helperByNumber(number)?.symbol;
    const text = disassembleInsn(insn, { helperName });
    const named = map === undefined ? text : text.replace(/map\[fd:\d+\]/, `map[${displayText(map)}]`);
    lines.push(`${`${slot}`.padStart(4)}: (${insn.opcode.toString(16).padStart(2, "0")}) ${named}`);
    slot += slotsOf(insn);
  }
  const title = `${program.name} (${program.section}): ${slot} instructions, ${program.stackBytes} bytes of stack`;
  return `${styles.title(displayText(title))}\n${lines.join("\n")}\n`;
}

/** All programs of an object as assembly, a blank line between them. */
export function formatAssembly(object: BpfObject, styles: Styles): string {
  const sources = sourceLines(object);
  return object.programs.map((program) => formatProgram(program, sources, styles)).join("\n");
}

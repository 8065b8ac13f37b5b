// A program as two columns: the TypeScript line on the left, the instructions that come from it on the right.
import { type BpfObject, disassembleInsn, displayText, helperByNumber, slotsOf } from "@typebpf/abi";
import type { Styles } from "@typebpf/cli";

const sourceWidth = 60;
const numberWidth = 4;

interface Group {
  readonly line: number;
  readonly insns: string[];
}

/** The instructions of the object's first program in groups, one for each run of instructions of one source line. */
function groupsOf(object: BpfObject): { readonly file: string; readonly groups: readonly Group[] } {
  const program = object.programs[0];
  if (!program) throw new Error("demo: the object has no program");
  const groups: Group[] = [];
  let slot = 0;
  for (const insn of program.insns) {
    const at = program.lines.findLast((entry) => entry.slot <= slot)?.at;
    const line = at?.line ?? 0;
    const last = groups.at(-1);
    const group = last?.line === line ? last : { line, insns: [] };
    if (group !== last) groups.push(group);
    const relocation = program.relocations.find((one) => one.slot === slot);
    const map = relocation?.kind === "map" ? relocation.map : undefined;
    const text = disassembleInsn(insn, { helperName: (number) => helperByNumber(number)?.symbol });
    const named = map === undefined ? text : text.replace(/map\[fd:\d+\]/, `map[${map}]`);
    group.insns.push(`${`${slot}`.padStart(numberWidth)}: ${named}`);
    slot += slotsOf(insn);
  }
  return { file: program.at?.file ?? "", groups };
}

/** Both columns as lines. */
export function sideBySide(object: BpfObject, styles: Styles): string {
  const { file, groups } = groupsOf(object);
  const source = (object.sources.find((one) => one.file === file) ?? object.sources[0])?.text.split("\n") ?? [];
  const rows = groups.flatMap(({ line, insns }) => {
    const text = displayText(source[line - 1]?.trim() ?? "").slice(0, sourceWidth - numberWidth - 3);
    return insns.map((insn, index) => {
      const left = index === 0 ? `${`${line}`.padStart(numberWidth)}  ${text}` : "";
      return `${left.padEnd(sourceWidth)}${styles.faint("│")} ${displayText(insn)}`;
    });
  });
  return rows.join("\n");
}

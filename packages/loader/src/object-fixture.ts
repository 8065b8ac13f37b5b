// Objects for tests, written in assembly: `map[NAME]` stands for the address of a map.
import {
  assemble,
  type BpfObject,
  DiagnosticError,
  type HelperRow,
  helpers,
  type LineEntry,
  type MapRelocation,
  type MapSpec,
  type ProgramSpec,
  slotCount,
} from "@typebpf/abi";

/** Map references by slot: the n-th `lddw` of a map in the text is the n-th name. */
function relocations(text: string): { readonly text: string; readonly found: readonly MapRelocation[] } {
  const found: MapRelocation[] = [];
  let slot = 0;
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const replaced = lines.map((line) => {
    const name = /map\[(\w+)\]/.exec(line)?.[1];
    if (name !== undefined) found.push({ kind: "map", slot, map: name });
    if (!line.endsWith(":")) slot += / ll$/.test(line) ? 2 : 1;
    return line.replace(/map\[\w+\]/, "map[fd:0]");
  });
  return { text: replaced.join("\n"), found };
}

/** A program from assembly. Slot n is on line n + 1 of "fixture.bpf.ts". */
export function assembled(name: string, source: string): ProgramSpec {
  const { text, found } = relocations(source);
  const helperNumber = (symbol: string): number | undefined =>
    Object.values<HelperRow>(helpers).find((row) => row.symbol === symbol)?.number;
  const { insns, diagnostics } = assemble(text, { helperNumber });
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  const at = (slot: number): LineEntry => ({
    slot,
    at: { file: "fixture.bpf.ts", line: slot + 1, column: 1, length: 1 },
  });
  const lines = Array.from({ length: slotCount(insns) }, (_, slot) => at(slot));
  return { name, type: "xdp", section: "xdp", insns, relocations: found, lines, stackBytes: 0 };
}

/** An object with these maps and programs. */
export function objectOf(programs: Readonly<Record<string, string>>, maps: readonly MapSpec[] = []): BpfObject {
  return {
    format: 1,
    license: "GPL",
    target: { kernel: "6.1", isa: 3 },
    maps,
    programs: Object.entries(programs).map(([name, text]) => assembled(name, text)),
    functions: [],
    sections: [],
    sources: [],
  };
}

// Objects written by hand for the privileged tests: assembly in the kernel's syntax, one source line per instruction.
// A line with `= map NAME` stands for the wide load of a map's address.
import {
  assemble,
  type BpfObject,
  type Diagnostic,
  DiagnosticError,
  type LineEntry,
  type MapSpec,
  type ProgramSpec,
  programTypes,
  type Relocation,
  scalarLayouts,
  slotsOf,
} from "@typebpf/abi";

/** A map with u32 keys and u64 values unless told otherwise. */
export function map(name: string, rest: Partial<MapSpec> = {}): MapSpec {
  return { name, type: "array", key: scalarLayouts.u32, value: scalarLayouts.u64, maxEntries: 4, flags: 0, ...rest };
}

/** A program, XDP unless told otherwise; its instructions lie on lines 1, 2, … of `NAME.bpf.ts`, counting instructions. */
export function program(name: string, assembly: string, type: ProgramSpec["type"] = "xdp"): ProgramSpec {
  const { insns, diagnostics } = assemble(assembly.replace(/= map \w+/gu, "= map[fd:0] ll"));
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  const names = [...assembly.matchAll(/= map (\w+)/gu)].map((match) => match[1] ?? "");
  const lines: LineEntry[] = [];
  const relocations: Relocation[] = [];
  let slot = 0;
  for (const [index, insn] of insns.entries()) {
    lines.push({ slot, at: { file: `${name}.bpf.ts`, line: index + 1, column: 1, length: 1 } });
    if (slotsOf(insn) === 2) relocations.push({ kind: "map", slot, map: names[relocations.length] ?? "" });
    slot += slotsOf(insn);
  }
  return { name, type, section: programTypes[type].section, insns, relocations, lines, stackBytes: 0 };
}

/** An object of these programs and maps. */
export function object(programs: readonly ProgramSpec[], maps: readonly MapSpec[] = []): BpfObject {
  return {
    format: 1,
    license: "GPL",
    target: { kernel: "6.1", isa: 3 },
    maps,
    programs,
    functions: [],
    sections: [],
    sources: [],
  };
}

/** Drops packets whose IPv4 source is the value of the first entry of `blocked`, and counts them in `hits`. */
export const sourceFilter = object(
  [
    program(
      "filter",
      `
      r6 = *(u32 *)(r1 +0)
      r7 = *(u32 *)(r1 +4)
      r2 = r6
      r2 += 34
      if r2 > r7 goto pass
      r3 = *(u16 *)(r6 +12)
      if r3 != 8 goto pass
      r8 = *(u32 *)(r6 +26)
      *(u32 *)(r10 -4) = 0
      r2 = r10
      r2 += -4
      r1 = map blocked
      call 1
      if r0 == 0 goto pass
      r3 = *(u32 *)(r0 +0)
      if r3 != r8 goto pass
      r2 = r10
      r2 += -4
      r1 = map hits
      call 1
      if r0 == 0 goto pass
      r1 = 1
      lock *(u64 *)(r0 +0) += r1
      w0 = 1
      exit
      pass:
      w0 = 2
      exit
      `,
    ),
  ],
  [map("blocked", { value: scalarLayouts.u32, maxEntries: 1 }), map("hits", { maxEntries: 1 })],
);

/** Two tc programs: `drop` lets nothing pass, `pass` everything. */
export const dropping = object([
  program("drop", "w0 = 2\nexit", "sched_cls"),
  program("pass", "w0 = 0\nexit", "sched_cls"),
]);

/** The diagnostics that an action throws. */
export async function diagnosticsOf(action: () => unknown): Promise<readonly Diagnostic[]> {
  try {
    await action();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
  return [];
}

/** The first diagnostic that an action throws. */
export async function diagnosticOf(action: () => unknown): Promise<Diagnostic> {
  const [first] = await diagnosticsOf(action);
  if (!first) throw new Error("nothing was refused");
  return first;
}

/** What must be there. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("there is nothing");
  return value;
}

// A program with the functions it reaches behind it, as BPF_PROG_LOAD wants it: calls and addresses of functions become
// distances (RFC 9669 sections 4.3.2 and 5.4). Takes any object; a relocation that fits nothing is an error as a value.
import { type Insn, slotsOf } from "../isa/insn.ts";
import type { BpfObject, FunctionSpec, LineEntry, ProgramSpec } from "./object.ts";
import type { OpenRelocation, Relocation } from "./relocation.ts";

/** Where a function of the flattened program begins; the first is the program itself, at slot 0. */
export interface PlacedFunction {
  readonly name: string;
  readonly slot: number;
  readonly stackBytes: number;
}

/** One stream of instructions, with what only a back end can fill in. */
export interface FlatProgram {
  readonly insns: readonly Insn[];
  readonly relocations: readonly OpenRelocation[];
  readonly lines: readonly LineEntry[];
  readonly functions: readonly PlacedFunction[];
}

const CALL = 0x85;
const LDDW = 0x18;
const PSEUDO_CALL = 1;
const PSEUDO_FUNC = 4;

type Code = Pick<FunctionSpec, "name" | "insns" | "relocations" | "lines" | "stackBytes">;

function referred(relocation: Relocation): string | undefined {
  return relocation.kind === "call" || relocation.kind === "function" ? relocation.function : undefined;
}

/** The program and the functions it reaches, in order of first reference. */
function reachable(program: ProgramSpec, functions: ReadonlyMap<string, FunctionSpec>): readonly Code[] | string {
  const found = new Map<string, Code>();
  const order: Code[] = [program];
  for (const code of order) {
    for (const relocation of code.relocations) {
      const name = referred(relocation);
      if (name === undefined || found.has(name)) continue;
      const callee = functions.get(name);
      if (!callee) return `slot ${relocation.slot} of "${code.name}": function "${name}"`;
      found.set(name, callee);
      order.push(callee);
    }
  }
  return order;
}

/** The instruction with the distance to the function at `target`; undefined where it is of another form. */
function patched(insn: Insn, kind: "call" | "function", slot: number, target: number): Insn | undefined {
  const imm = target - slot - 1;
  if (kind === "call") return insn.opcode === CALL ? { ...insn, src: PSEUDO_CALL, imm } : undefined;
  return insn.opcode === LDDW ? { ...insn, src: PSEUDO_FUNC, imm, nextImm: 0 } : undefined;
}

/**
 * Puts the functions that `program` reaches behind it.
 * @returns the flat program, or the relocation that fits nothing, in words
 */
export function flattenProgram(object: Pick<BpfObject, "functions">, program: ProgramSpec): FlatProgram | string {
  const codes = reachable(program, new Map(object.functions.map((one) => [one.name, one])));
  if (typeof codes === "string") return codes;
  const starts: number[] = [];
  let end = 0;
  for (const { insns } of codes) {
    starts.push(end);
    for (const insn of insns) end += slotsOf(insn);
  }
  const startOf = new Map(codes.map((code, index) => [code.name, starts[index] ?? 0]));
  const insns: Insn[] = [];
  const relocations: OpenRelocation[] = [];
  const lines: LineEntry[] = [];
  let slot = 0;
  for (const [index, code] of codes.entries()) {
    const start = starts[index] ?? 0;
    const pending = new Map(code.relocations.map((one) => [one.slot + start, one]));
    for (const line of code.lines) lines.push({ ...line, slot: line.slot + start });
    for (const insn of code.insns) {
      const relocation = pending.get(slot);
      const done = relocation && placed(relocation, insn, slot, startOf);
      if (done === undefined) insns.push(insn);
      else if ("opcode" in done) insns.push(done);
      else {
        insns.push(insn);
        relocations.push(done);
      }
      if (done) pending.delete(slot);
      slot += slotsOf(insn);
    }
    const [left] = pending.values();
    if (left) return `slot ${left.slot} of "${code.name}": no instruction for a relocation of kind ${left.kind}`;
  }
  const functions = codes.map(({ name, stackBytes }, index) => ({ name, slot: starts[index] ?? 0, stackBytes }));
  return { insns, relocations, lines, functions };
}

/** What becomes of a relocation: a patched instruction, or one for the back end at its new slot. */
function placed(
  relocation: Relocation,
  insn: Insn,
  slot: number,
  startOf: ReadonlyMap<string, number>,
): Insn | OpenRelocation | undefined {
  if (relocation.kind === "call" || relocation.kind === "function") {
    return patched(insn, relocation.kind, slot, startOf.get(relocation.function) ?? 0);
  }
  const opcode = relocation.kind === "kernelFunction" ? CALL : LDDW;
  return insn.opcode === opcode ? { ...relocation, slot } : undefined;
}

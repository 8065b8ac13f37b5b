// Code for an ELF section: functions one behind the other, with relocations by symbol in place of names. Instructions take
// the form that compilers give them: no pseudo source but that of calls, and the addend where the address will go.
import { encode } from "../../isa/encode.ts";
import { type Insn, slotCount, slotsOf } from "../../isa/insn.ts";
import type { FunctionSpec } from "../object.ts";
import type { Relocation } from "../relocation.ts";
import { relocationTypes } from "./format.ts";

/** What a relocation refers to: a symbol, and bytes behind it. */
export interface Target {
  /** A map's name, or the section of data or functions. */
  readonly symbol: { readonly kind: "map" | "section"; readonly name: string };
  readonly addend: number;
}

/** A relocation that still names its symbol. */
export interface NamedRelocation {
  /** Bytes from the start of the section. */
  readonly offset: number;
  readonly type: number;
  readonly symbol: Target["symbol"];
}

/** Finds what a relocation refers to; undefined where there is nothing of that name. */
export type FindTarget = (relocation: Relocation) => Target | undefined;

/** The code of a section. */
export interface SectionCode {
  readonly bytes: Uint8Array;
  readonly relocations: readonly NamedRelocation[];
}

/** Ends writing: what does not fit, in words. */
export class Unwritable extends Error {}

const LDDW = 0x18;
const CALL = 0x85;
const PSEUDO_CALL = 1;

function patched(insn: Insn, relocation: Relocation, addend: number): Insn | undefined {
  if (relocation.kind === "call") {
    // A compiler's call of a static function counts from the start of its section, in slots and less one.
    return insn.opcode === CALL ? { ...insn, src: PSEUDO_CALL, imm: addend / 8 - 1 } : undefined;
  }
  return insn.opcode === LDDW ? { ...insn, src: 0, imm: addend, nextImm: 0 } : undefined;
}

function codeOf(
  code: FunctionSpec,
  start: number,
  find: FindTarget,
): { insns: Insn[]; relocations: NamedRelocation[] } {
  const pending = new Map(code.relocations.map((one) => [one.slot, one]));
  const relocations: NamedRelocation[] = [];
  let slot = 0;
  const insns = code.insns.map((insn) => {
    const here = slot;
    slot += slotsOf(insn);
    const relocation = pending.get(here);
    if (!relocation) return insn;
    pending.delete(here);
    if (relocation.kind === "mapValue") {
      const how = "compile with { directMapValues: false }, as `typebpf build -o` does";
      throw new Unwritable(`"${code.name}" reaches the value of map "${relocation.map}" by its address: ${how}`);
    }
    if (relocation.kind === "kernelFunction") {
      const how = "load the program from its source, or build a JSON object";
      throw new Unwritable(`"${code.name}" calls ${relocation.name}, a function of the kernel, by its id: ${how}`);
    }
    const target = find(relocation);
    const done = target && patched(insn, relocation, target.addend);
    if (!done) throw new Unwritable(`slot ${here} of "${code.name}" refers to nothing that fits (${relocation.kind})`);
    const type = relocation.kind === "call" ? relocationTypes.call32 : relocationTypes.ld64;
    relocations.push({ offset: start + here * 8, type, symbol: target.symbol });
    return done;
  });
  const [left] = pending.values();
  if (left)
    throw new Unwritable(`slot ${left.slot} of "${code.name}" has a relocation but no instruction begins there`);
  return { insns, relocations };
}

/** Where each function begins, in bytes. */
export function placesOf(functions: readonly FunctionSpec[]): readonly number[] {
  let end = 0;
  return functions.map(({ insns }) => {
    const start = end;
    end += slotCount(insns) * 8;
    return start;
  });
}

/** The bytes and relocations of the functions of one section. @throws Unwritable */
export function sectionCode(functions: readonly FunctionSpec[], find: FindTarget): SectionCode {
  const places = placesOf(functions);
  const codes = functions.map((one, index) => codeOf(one, places[index] ?? 0, find));
  return {
    bytes: encode(codes.flatMap(({ insns }) => insns)),
    relocations: codes.flatMap(({ relocations }) => relocations),
  };
}

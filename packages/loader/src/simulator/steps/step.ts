// What the interpreter runs: each instruction becomes one closure over the registers, with its operands taken apart
// once. A step gives the slot of the instruction that follows, or END.
import type { Insn } from "@typebpf/abi";
import type { Machine } from "../machine.ts";
import { halfOf } from "../words.ts";

/** Runs one instruction and gives the slot of the next one. */
export type Step = () => number;

/** What a step gives when the program is over. */
export const END = -1;

/** An instruction with its place in the program. */
export interface Place {
  readonly machine: Machine;
  readonly insn: Insn;
  readonly slot: number;
  /** Slot of the instruction after it. */
  readonly next: number;
}

/** The operands of an instruction with two operands: `d` indexes `r`, `s` indexes `b`. */
export interface Operands {
  /** The registers. */
  readonly r: Int32Array;
  /** Lower half of the destination in `r`. */
  readonly d: number;
  /** Where the second operand lies: the registers, or an immediate of its own. */
  readonly b: Int32Array;
  /** Lower half of the second operand in `b`. */
  readonly s: number;
  readonly next: number;
}

/** Takes the operands apart; immediates are extended by their sign. */
export function operandsOf(place: Place, source: "imm" | "reg"): Operands {
  const { machine, insn, next } = place;
  const r = machine.registers;
  const d = halfOf(insn.dst);
  if (source === "reg") return { r, d, b: r, s: halfOf(insn.src), next };
  return { r, d, b: Int32Array.of(insn.imm, insn.imm >> 31), s: 0, next };
}

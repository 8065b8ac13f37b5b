// How much stack a function uses, as far as its instructions tell: the lowest offset from r10 that is accessed, or made
// into a pointer by a move and an addition. For objects that do not say it themselves.
import type { Insn } from "../../isa/insn.ts";
import { formOf } from "../../isa/opcodes.ts";

const FRAME = 10;
const deepest = 512;

/** In bytes, 0…512. */
export function stackBytesOf(insns: readonly Insn[]): number {
  let lowest = 0;
  const pointers = new Set<number>();
  for (const insn of insns) {
    const action = formOf(insn)?.action;
    if (action?.kind === "load" && insn.src === FRAME) lowest = Math.min(lowest, insn.offset);
    const stores = action?.kind === "store" || action?.kind === "atomic";
    if (stores && insn.dst === FRAME) lowest = Math.min(lowest, insn.offset);
    if (action?.kind !== "alu") continue;
    const moved = action.op === "mov" && action.width === 64 && action.source === "reg" && insn.src === FRAME;
    const adds = action.op === "add" && action.width === 64 && action.source === "imm" && pointers.has(insn.dst);
    if (adds) lowest = Math.min(lowest, insn.imm);
    if (moved) pointers.add(insn.dst);
    else pointers.delete(insn.dst);
  }
  return Math.min(-lowest, deepest);
}

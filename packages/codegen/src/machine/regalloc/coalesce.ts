// Merges virtual registers that are only copies of each other, so that the copy disappears: block parameters with their
// arguments, results of two-address operations with their first operand. Two registers can be merged when their intervals
// do not overlap. Copies that run most often are tried first.
import { isMove, isVirtual, type MirInst, type Register, renameEnd, renameRegisters } from "../mir.ts";
import { findIntervals, frequencyOf, overlap, type Segment, united } from "./intervals.ts";
import { instsOf, mapSteps, type StepBlock } from "./steps.ts";

/** The code with merged registers, and which register each has become. */
export interface Coalesced {
  readonly blocks: readonly StepBlock[];
  readonly find: (register: Register) => Register;
}

/** Merges and leaves out the copies that have become moves of a register to itself. */
export function coalesce(blocks: readonly StepBlock[]): Coalesced {
  const code = instsOf(blocks);
  const segments = new Map<Register, readonly Segment[]>();
  for (const [register, interval] of findIntervals(code)) segments.set(register, interval.segments);
  const merged = new Map<Register, Register>();
  const find = (register: Register): Register => {
    let at = register;
    for (let next = merged.get(at); next !== undefined; next = merged.get(at)) at = next;
    return at;
  };
  for (const { dst, src } of copiesByFrequency(blocks)) {
    const left = find(dst);
    const right = find(src);
    if (left === right) continue;
    const a = segments.get(left) ?? [];
    const b = segments.get(right) ?? [];
    if (overlap(a, b)) continue;
    merged.set(left, right);
    segments.set(right, united(a, b));
  }
  const change = (inst: MirInst): MirInst | undefined => {
    const renamed = renameRegisters(inst, find);
    return isMove(renamed) && renamed.dst === renamed.src ? undefined : renamed;
  };
  return { blocks: mapSteps(blocks, change, (end) => renameEnd(end, find)), find };
}

function copiesByFrequency(
  blocks: readonly StepBlock[],
): readonly { readonly dst: Register; readonly src: Register }[] {
  const code = instsOf(blocks);
  const frequency = frequencyOf(code);
  return code
    .flatMap((block) =>
      block.insts.flatMap((inst) =>
        isMove(inst) && isVirtual(inst.dst) && isVirtual(inst.src)
          ? [{ dst: inst.dst, src: inst.src, frequency: frequency(block.id) }]
          : [],
      ),
    )
    .sort((a, b) => b.frequency - a.frequency);
}

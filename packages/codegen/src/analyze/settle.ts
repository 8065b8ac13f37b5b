// What analysis leaves to the stages after it: no asserts, no code that can never run, and unsigned division where both
// operands are proved not to be negative (instruction sets before v4 have no signed one).
import { reversePostorder } from "../ir/cfg.ts";
import type { Block, BlockId, Inst, IrFunction, Terminator } from "../ir/function.ts";
import type { Ranges } from "../ir/ranges.ts";

const unsignedOf = { sdiv64: "udiv64", smod64: "umod64" } as const;

/** The function without asserts, with what ranges decide decided. */
export function settle(fn: IrFunction, ranges: Ranges): IrFunction {
  const blocks = fn.blocks.map((block): Block => {
    const insts = block.insts.filter((inst) => inst.op !== "assert").map((inst) => settleInst(inst, block.id, ranges));
    return { ...block, insts, end: settleEnd(block.end, block.id, ranges) };
  });
  const reached = new Set(reversePostorder({ ...fn, blocks }).map((block) => block.id));
  return { ...fn, blocks: blocks.filter((block) => reached.has(block.id)) };
}

function settleInst(inst: Inst, block: BlockId, ranges: Ranges): Inst {
  if (inst.op !== "sdiv64" && inst.op !== "smod64") return inst;
  const isUnsigned = inst.args.every((arg) => ranges.at(arg, block).smin >= 0n);
  return isUnsigned ? { ...inst, op: unsignedOf[inst.op] } : inst;
}

function settleEnd(end: Terminator, block: BlockId, ranges: Ranges): Terminator {
  if (end.op !== "branch" || !ranges.isReachable(block)) return end;
  const [then, otherwise] = [ranges.isFeasible(block, 0), ranges.isFeasible(block, 1)];
  if (then === otherwise) return end;
  return { op: "jump", to: then ? end.then : end.else, at: end.at };
}

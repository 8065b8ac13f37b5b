// What analysis leaves to the stages after it: no asserts, no code that can never run, unsigned division where both
// operands are proved not to be negative (instruction sets before v4 have no signed one), and no extension that changes
// nothing: no code is made for it, so the kernel's verifier learns nothing by it.
import { reversePostorder } from "../ir/cfg.ts";
import type { Block, BlockId, Inst, IrFunction, Terminator, ValueId } from "../ir/function.ts";
import { type Interval, signed, unsigned } from "../ir/interval.ts";
import type { Ranges } from "../ir/ranges.ts";
import { following, mapBlocks, renameUses } from "../ir/rewrite.ts";
import { isOverMap } from "./loop-body.ts";

const unsignedOf = { sdiv64: "udiv64", smod64: "umod64" } as const;

/** The function without asserts, with what ranges decide decided. */
export function settle(fn: IrFunction, ranges: Ranges): IrFunction {
  const blocks = fn.blocks.map((block): Block => {
    const insts = block.insts.filter((inst) => inst.op !== "assert").map((inst) => settleInst(inst, block.id, ranges));
    return { ...block, insts, end: settleEnd(block.end, block.id, ranges) };
  });
  const reached = new Set(reversePostorder({ ...fn, blocks }).map((block) => block.id));
  return withoutExtensions({ ...fn, blocks: blocks.filter((block) => reached.has(block.id)) }, ranges);
}

/** What an extension leaves as it is. */
const unchanged: Readonly<Partial<Record<Inst["op"], Interval>>> = {
  zext32: unsigned(0n, (1n << 32n) - 1n),
  sext32: signed(-(1n << 31n), (1n << 31n) - 1n),
  sext16: signed(-(1n << 15n), (1n << 15n) - 1n),
  sext8: signed(-(1n << 7n), (1n << 7n) - 1n),
};

/** The function with operands in place of extensions that leave them as they are. */
function withoutExtensions(fn: IrFunction, ranges: Ranges): IrFunction {
  const same = new Map<ValueId, ValueId>();
  for (const block of fn.blocks) {
    if (!ranges.isReachable(block.id)) continue;
    for (const inst of block.insts) {
      const limits = unchanged[inst.op];
      if (!limits || !("args" in inst) || !("result" in inst) || inst.result === undefined) continue;
      const [operand] = inst.args;
      if (operand === undefined) continue;
      const { smin, smax } = ranges.at(operand, block.id);
      if (smin >= limits.smin && smax <= limits.smax) same.set(inst.result, operand);
    }
  }
  if (same.size === 0) return fn;
  const kept = mapBlocks(fn, (block) => ({
    ...block,
    insts: block.insts.filter((inst) => !("result" in inst && inst.result !== undefined && same.has(inst.result))),
  }));
  return renameUses(kept, following(same));
}

function settleInst(inst: Inst, block: BlockId, ranges: Ranges): Inst {
  if (inst.op !== "sdiv64" && inst.op !== "smod64") return inst;
  const isUnsigned = inst.args.every((arg) => ranges.at(arg, block).smin >= 0n);
  return isUnsigned ? { ...inst, op: unsignedOf[inst.op] } : inst;
}

function settleEnd(end: Terminator, block: BlockId, ranges: Ranges): Terminator {
  if (end.op !== "branch" || !ranges.isReachable(block)) return end;
  const [then, otherwise] = [ranges.isFeasible(block, 0), ranges.isFeasible(block, 1)];
  if (then === otherwise || isOverMap(end)) return end;
  return { op: "jump", to: then ? end.then : end.else, at: end.at };
}

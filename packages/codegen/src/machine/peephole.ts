// Small improvements of MIR that need no more than liveness: definitions that nobody reads, and operands of commutative
// operations in the order in which the copy before them disappears. Keep the meaning of every path.
import { type AluOp, formNamed } from "@typebpf/abi";
import { isMove, isPure, isVirtual, type MirBlock, type MirInst, type Register, readsOfEnd, writesOf } from "./mir.ts";
import { findLiveness, stepBack } from "./regalloc/liveness.ts";

/** Leaves out instructions that only write registers that are not read. */
export function removeDead(blocks: readonly MirBlock[]): readonly MirBlock[] {
  let current = blocks;
  for (;;) {
    const { after } = findLiveness(current);
    let removed = false;
    const next = current.map((block) => {
      const live = new Set(after.get(block.id));
      for (const register of readsOfEnd(block.end)) live.add(register);
      const kept: MirInst[] = [];
      for (const inst of block.insts.toReversed()) {
        if (isPure(inst) && !writesOf(inst).some((register) => live.has(register))) continue;
        stepBack(live, inst);
        kept.push(inst);
      }
      if (kept.length === block.insts.length) return block;
      removed = true;
      return { ...block, insts: kept.reverse() };
    });
    if (!removed) return next;
    current = next;
  }
}

const COMMUTATIVE: ReadonlySet<AluOp> = new Set<AluOp>(["add", "mul", "and", "or", "xor"]);

function isCommutative(inst: MirInst): inst is MirInst & { readonly dst: Register; readonly src: Register } {
  if (inst.name === "frame_address" || inst.dst === undefined || inst.src === undefined) return false;
  const { action } = formNamed(inst.name);
  return action.kind === "alu" && action.source === "reg" && COMMUTATIVE.has(action.op);
}

/** Rewrites `d = a; d += b` as `d = b; d += a` where a lives on and b dies, so that d can take b's register. */
export function orderOperands(blocks: readonly MirBlock[]): readonly MirBlock[] {
  const { after } = findLiveness(blocks);
  return blocks.map((block) => {
    const live = new Set(after.get(block.id));
    for (const register of readsOfEnd(block.end)) live.add(register);
    const insts = [...block.insts];
    for (let index = insts.length - 1; index > 0; index--) {
      const op = insts[index];
      const copy = insts[index - 1];
      if (op && copy && isMove(copy) && shouldSwap(copy, op, live)) {
        insts[index - 1] = { ...copy, src: op.src };
        insts[index] = { ...op, src: copy.src };
      }
      const now = insts[index];
      if (now) stepBack(live, now);
    }
    return { ...block, insts };
  });
}

function shouldSwap(
  copy: MirInst & { readonly dst: Register; readonly src: Register },
  op: MirInst,
  liveAfter: ReadonlySet<Register>,
): op is MirInst & { readonly dst: Register; readonly src: Register } {
  return (
    isCommutative(op) &&
    op.dst === copy.dst &&
    op.src !== op.dst &&
    isVirtual(op.src) &&
    isVirtual(copy.src) &&
    liveAfter.has(copy.src) &&
    !liveAfter.has(op.src)
  );
}

// Advances pointers in place. A bounds check needs pointer + length in a register; where every later use of the pointer can
// be expressed from that sum (a memory access with a smaller, perhaps negative offset), the pointer itself is not needed any
// more, the copy before the addition disappears in allocation, and the check costs one instruction less.
//
//   t = p; t += 34; if t > end …; x = *(p + 23)   →   t = p; t += 34; if t > end …; x = *(t - 11)   (p and t share a register)
//
// Where the pointer is needed later, the next check starts from the sum of the one before, if only that check read it.
// Where a check has failed nothing starts from its sum: the verifier marks the sum as beyond the packet there, and keeps
// the mark when something is subtracted (is_pkt_ptr_branch_taken, kernel/bpf/verifier.c), so it would take a smaller check
// for failed too and remove the code behind it.
import type { JumpOp } from "@typebpf/abi";
import type { BlockId } from "../ir/function.ts";
import { blockOf, byId, dominatorsOf, predecessorsOf } from "./flow.ts";
import {
  isCall,
  isMove,
  isVirtual,
  type MirBlock,
  type MirEnd,
  type MirInst,
  type Register,
  readsOf,
  readsOfEnd,
  targetsOf,
  writesOf,
} from "./mir.ts";

/** Where a register is read or written; the end of a block counts as the instruction behind the last. */
interface Position {
  readonly block: BlockId;
  readonly index: number;
}

/** Rewrites wherever nothing gets longer; chains of checks advance the same register again and again. */
export function advancePointers(blocks: readonly MirBlock[]): readonly MirBlock[] {
  const rewriter = new Rewriter(blocks);
  for (const { id, insts } of blocks)
    for (let index = 0; index + 1 < insts.length; index++) rewriter.advance({ block: id, index });
  for (const { id, insts } of blocks)
    for (let index = 0; index + 1 < insts.length; index++) rewriter.continueSum({ block: id, index });
  return rewriter.blocks();
}

interface Advance {
  readonly pointer: Register;
  readonly advanced: Register;
  readonly distance: number;
}

/** Jumps that are taken where the left side is the greater one, and those where it is the smaller one. */
const greater: readonly JumpOp[] = ["jgt", "jge"];
const smaller: readonly JumpOp[] = ["jlt", "jle"];

/** Where a branch goes when the sum lies beyond what it is compared with. */
function failureTargets(end: MirEnd, sum: Register): readonly BlockId[] {
  if (end.kind !== "branch" || (end.dst !== sum && end.src !== sum)) return [];
  const isLeft = end.dst === sum;
  if ((isLeft ? greater : smaller).includes(end.op)) return [end.then];
  if ((isLeft ? smaller : greater).includes(end.op)) return [end.else];
  return [end.then, end.else];
}

class Rewriter {
  private readonly input: ReadonlyMap<BlockId, MirBlock>;
  private readonly insts = new Map<BlockId, MirInst[]>();
  private readonly before: ReadonlyMap<BlockId, readonly BlockId[]>;
  private readonly dominates: (above: BlockId, below: BlockId) => boolean;
  private readonly writes = new Map<Register, Position[]>();
  private readonly reads = new Map<Register, Position[]>();

  constructor(blocks: readonly MirBlock[]) {
    this.input = byId(blocks);
    this.before = predecessorsOf(blocks);
    this.dominates = dominatorsOf(blocks);
    for (const { id, insts, end } of blocks) {
      this.insts.set(id, [...insts]);
      insts.forEach((inst, index) => {
        this.index(inst, { block: id, index });
      });
      for (const register of readsOfEnd(end)) add(this.reads, register, { block: id, index: insts.length });
    }
  }

  blocks(): readonly MirBlock[] {
    return [...this.input.values()].map((block) => ({ ...block, insts: this.insts.get(block.id) ?? block.insts }));
  }

  /** Rewrites the uses of the pointer that is copied at `at`, if an addition follows and everything fits. */
  advance(at: Position): void {
    const change = this.changeAt(at);
    if (!change) return;
    const definition = this.definitionOf(change.pointer);
    if (definition === undefined || this.writes.get(change.advanced)?.length !== 2) return;
    const uses = (this.reads.get(change.pointer) ?? []).filter(
      (use) => use.block !== at.block || use.index !== at.index,
    );
    const isLater = (use: Position): boolean =>
      use.block === at.block ? use.index > at.index : this.dominates(at.block, use.block);
    const later = uses.filter(isLater);
    const others = new Set(uses.filter((use) => !isLater(use)).map((use) => use.block));
    if (later.length === 0 || this.reaches(at.block, others, definition)) return;
    if (this.afterFailure(change.advanced, at.block, later)) return;
    const rewritten = later.map((use) => this.rewritten(use, change));
    if (rewritten.some((one) => one === undefined)) return;
    later.forEach((use, index) => {
      rewritten[index]?.forEach((inst, distance) => {
        this.insts.get(use.block)?.splice(use.index + distance, 1, inst);
      });
      add(this.reads, change.advanced, use);
    });
    this.reads.set(change.pointer, uses.filter((use) => !isLater(use)).concat(at));
  }

  /** Starts the sum at `at` from an earlier one of the same pointer that nothing reads after it. */
  continueSum(at: Position): void {
    const change = this.changeAt(at);
    if (!change) return;
    const earlier = this.earlierSum(at, change.pointer);
    const copy = this.insts.get(at.block)?.[at.index];
    const sum = this.insts.get(at.block)?.[at.index + 1];
    if (!earlier || this.afterFailure(earlier.sum.advanced, earlier.block, [at])) return;
    const imm = change.distance - earlier.sum.distance;
    if (!copy || !sum || imm < -0x8000_0000 || imm > 0x7fff_ffff) return;
    this.insts.get(at.block)?.splice(at.index, 2, { ...copy, src: earlier.sum.advanced }, { ...sum, imm });
    add(this.reads, earlier.sum.advanced, at);
    const others = (this.reads.get(change.pointer) ?? []).filter(
      (use) => use.block !== at.block || use.index !== at.index,
    );
    this.reads.set(change.pointer, others);
  }

  /** The nearest sum above, on the only way to `at` and without a call between, whose reads all lie on that way. */
  private earlierSum(at: Position, pointer: Register): { readonly sum: Advance; readonly block: BlockId } | undefined {
    const visited = new Set<BlockId>();
    let { block, index } = at;
    for (;;) {
      for (index--; index >= 0; index--) {
        const inst = this.insts.get(block)?.[index];
        const found = this.changeAt({ block, index });
        if (!inst || isCall(inst) || writesOf(inst).includes(pointer)) return undefined;
        if (found?.pointer !== pointer || this.writes.get(found.advanced)?.length !== 2) continue;
        const onTheWay = (use: Position): boolean =>
          use.block === at.block ? use.index < at.index : visited.has(use.block) || use.block === block;
        return (this.reads.get(found.advanced) ?? []).every(onTheWay) ? { sum: found, block } : undefined;
      }
      visited.add(block);
      const [above, ...others] = this.before.get(block) ?? [];
      if (above === undefined || others.length > 0 || visited.has(above)) return undefined;
      block = above;
      index = this.insts.get(above)?.length ?? 0;
    }
  }

  /** True when one of the uses can be reached from where a check of the sum has failed, without a new sum in between. */
  private afterFailure(sum: Register, definition: BlockId, uses: readonly Position[]): boolean {
    const seen = new Set<BlockId>();
    const work = [...this.input.values()].flatMap(({ end }) => failureTargets(end, sum));
    for (let id = work.pop(); id !== undefined; id = work.pop()) {
      if (id === definition || seen.has(id)) continue;
      seen.add(id);
      work.push(...targetsOf(blockOf(this.input, id).end));
    }
    return uses.some(({ block }) => seen.has(block));
  }

  private index(inst: MirInst, position: Position): void {
    const written = writesOf(inst);
    for (const register of written) add(this.writes, register, position);
    // The second step of a two-address definition reads what the first wrote: no use of its own.
    for (const register of readsOf(inst)) if (!written.includes(register)) add(this.reads, register, position);
  }

  private changeAt({ block, index }: Position): Advance | undefined {
    const copy = this.insts.get(block)?.[index];
    const sum = this.insts.get(block)?.[index + 1];
    if (!copy || !sum || !isMove(copy) || !isVirtual(copy.dst) || !isVirtual(copy.src)) return undefined;
    if (sum.name !== "add64_imm" || sum.dst !== copy.dst || sum.imm === undefined) return undefined;
    return { pointer: copy.src, advanced: copy.dst, distance: sum.imm };
  }

  /** The block that defines the register, when all its writes are there and follow each other. */
  private definitionOf(register: Register): BlockId | undefined {
    const [first, ...rest] = this.writes.get(register) ?? [];
    if (!first) return undefined;
    const together = rest.every(
      (write, index) => write.block === first.block && write.index === first.index + index + 1,
    );
    return together ? first.block : undefined;
  }

  /** True when a path from the end of `from` comes to one of the blocks without a new definition of the pointer. */
  private reaches(from: BlockId, goals: ReadonlySet<BlockId>, definition: BlockId): boolean {
    if (goals.size === 0) return false;
    const seen = new Set<BlockId>();
    const work = [from];
    for (let id = work.pop(); id !== undefined; id = work.pop()) {
      const end: MirEnd = blockOf(this.input, id).end;
      for (const target of targetsOf(end)) {
        if (target === definition || seen.has(target)) continue;
        if (goals.has(target)) return true;
        seen.add(target);
        work.push(target);
      }
    }
    return false;
  }

  /** The instructions that stand for the use when it starts from the advanced pointer; none when that takes more of them. */
  private rewritten(
    { block, index }: Position,
    { pointer, advanced, distance }: Advance,
  ): readonly MirInst[] | undefined {
    const inst = this.insts.get(block)?.[index];
    const next = this.insts.get(block)?.[index + 1];
    if (!inst) return undefined;
    const offset = (inst.offset ?? 0) - distance;
    const fits = offset >= -0x8000 && offset <= 0x7fff;
    if (inst.name.startsWith("ldx_") && inst.src === pointer && fits) return [{ ...inst, src: advanced, offset }];
    if (/^(st|stx|atomic)\d*_/.test(inst.name) && inst.dst === pointer && inst.src !== pointer && fits)
      return [{ ...inst, dst: advanced, offset }];
    if (!isMove(inst) || next?.name !== "add64_imm" || next.dst !== inst.dst || next.imm === undefined)
      return undefined;
    const imm = next.imm - distance;
    if (imm < -0x8000_0000 || imm > 0x7fff_ffff) return undefined;
    return [
      { ...inst, src: advanced },
      { ...next, imm },
    ];
  }
}

function add(positions: Map<Register, Position[]>, register: Register, position: Position): void {
  const known = positions.get(register);
  if (known) known.push(position);
  else positions.set(register, [position]);
}

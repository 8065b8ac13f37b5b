// What branches say about their operands: a fact holds in the block that a branch edge alone leads to, and in all blocks
// that this one dominates. Facts about `x + c` and extensions also say something about `x`.
import { resultOf } from "./cfg.ts";
import { constrain } from "./constrain.ts";
import type { DominatorTree } from "./dominators.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "./function.ts";
import { equal, type Interval, meet, signed, signedMax, signedMin, singleValue } from "./interval.ts";
import { type CompareOp, negateCompare, swapCompare } from "./ops.ts";

/** Whose knowledge is asked for: all there is, or what the kernel's verifier would still know. */
export type Knowledge = "all" | "kernel";

type RangeAt = (value: ValueId, block: BlockId) => Interval;

interface Fact {
  readonly value: ValueId;
  readonly block: BlockId;
  readonly source: BlockId;
  /** The range that the branch leaves to the value, from ranges in the block of the branch. */
  readonly learn: (at: RangeAt) => Interval | undefined;
  range: Interval | undefined;
}

interface Edge {
  readonly from: Block;
  readonly index: 0 | 1;
}

export class BranchFacts {
  readonly #byBlock = new Map<BlockId, Fact[]>();
  readonly #byValue = new Map<ValueId, Fact[]>();
  readonly #span = new Map<BlockId, readonly [first: number, last: number]>();

  readonly #knowledge: Knowledge;

  constructor(
    fn: IrFunction,
    tree: DominatorTree,
    incoming: ReadonlyMap<BlockId, readonly Edge[]>,
    knowledge: Knowledge,
  ) {
    this.#knowledge = knowledge;
    this.#number(tree);
    const definitions = new Map<ValueId, Inst>();
    for (const block of fn.blocks) {
      for (const inst of block.insts) {
        const result = resultOf(inst);
        if (result) definitions.set(result.value, inst);
      }
    }
    for (const block of tree.order) {
      const [only, ...others] = incoming.get(block.id) ?? [];
      if (only && others.length === 0) this.#collect(block.id, only, definitions);
    }
  }

  /** Numbers the dominator tree so that a block's subtree is one range. */
  #number(tree: DominatorTree): void {
    const [entry] = tree.order;
    if (!entry) return;
    let next = 0;
    const open: { readonly id: BlockId; readonly first: number; readonly children: readonly Block[]; at: number }[] =
      [];
    const enter = (id: BlockId): void => {
      open.push({ id, first: next++, children: tree.children(id), at: 0 });
    };
    enter(entry.id);
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const child = top.children[top.at++];
      if (child) enter(child.id);
      else {
        this.#span.set(top.id, [top.first, next - 1]);
        open.pop();
      }
    }
  }

  #collect(block: BlockId, edge: Edge, definitions: ReadonlyMap<ValueId, Inst>): void {
    const { end, id: source } = edge.from;
    if (end.op !== "branch") return;
    const op = edge.index === 0 ? end.compare : negateCompare(end.compare);
    if (!op) return;
    const [left, right] = end.args;
    this.#add(block, source, op, left, right, definitions);
    this.#add(block, source, swapCompare(op), right, left, definitions);
  }

  #add(
    block: BlockId,
    source: BlockId,
    op: CompareOp,
    value: ValueId,
    other: ValueId,
    definitions: ReadonlyMap<ValueId, Inst>,
  ): void {
    const own = (at: RangeAt): Interval | undefined => {
      const [range, limit] = [at(value, source), at(other, source)];
      // Of two values that are not constant the verifier of Linux 6.1 learns nothing.
      const isLearnt = this.#knowledge === "all" || singleValue(limit) !== undefined;
      return isLearnt ? constrain(op, range, limit) : range;
    };
    this.#push({ value, block, source, learn: own, range: undefined });
    if (this.#knowledge === "kernel") return;
    let learn = own;
    let inst = definitions.get(value);
    for (let depth = 0; depth < 4 && inst; depth++) {
      const inner = through(inst, source, learn);
      if (!inner) return;
      learn = inner.learn;
      this.#push({ value: inner.value, block, source, learn, range: undefined });
      inst = definitions.get(inner.value);
    }
  }

  #push(fact: Fact): void {
    for (const [map, key] of [
      [this.#byBlock, fact.block],
      [this.#byValue, fact.value],
    ] as const) {
      const known = map.get(key);
      if (known) known.push(fact);
      else map.set(key, [fact]);
    }
  }

  /** Learns anew what the branch before a block says. True when that changed. */
  update(block: BlockId, at: RangeAt): boolean {
    let changed = false;
    for (const fact of this.#byBlock.get(block) ?? []) {
      const range = fact.learn(at);
      if (equal(range, fact.range)) continue;
      fact.range = range;
      changed = true;
    }
    return changed;
  }

  /** A value's range in a block. */
  refine(value: ValueId, block: BlockId, range: Interval): Interval {
    const facts = this.#byValue.get(value);
    if (!facts) return range;
    const position = this.#span.get(block)?.[0] ?? -1;
    let refined = range;
    for (const fact of facts) {
      const span = this.#span.get(fact.block);
      if (!fact.range || !span || position < span[0] || position > span[1]) continue;
      refined = meet(refined, fact.range) ?? refined;
    }
    return refined;
  }
}

type Learn = Fact["learn"];

/** What a fact about an instruction's result says about its operand. */
function through(
  inst: Inst,
  source: BlockId,
  learn: Learn,
): { readonly value: ValueId; readonly learn: Learn } | undefined {
  if (inst.op === "sext32" || inst.op === "zext32") {
    const [value] = inst.args;
    const bounds = inst.op === "zext32" ? [0n, 0xffffffffn] : [-(1n << 31n), (1n << 31n) - 1n];
    const [min = 0n, max = 0n] = bounds;
    return {
      value,
      // Only where the extension changes nothing does a fact about its result hold of its operand.
      learn: (at) => {
        const operand = at(value, source);
        return operand.smin >= min && operand.smax <= max ? learn(at) : operand;
      },
    };
  }
  if (inst.op !== "add64" && inst.op !== "sub64") return undefined;
  const [value, other] = inst.args;
  const sign = inst.op === "add64" ? -1n : 1n;
  return {
    value,
    learn: (at) => {
      const operand = at(value, source);
      const added = singleValue(at(other, source));
      if (added === undefined) return operand;
      const shift = BigInt.asIntN(64, added) * sign;
      const wraps = operand.smin - shift < signedMin || operand.smax - shift > signedMax;
      const known = learn(at);
      if (wraps || !known) return operand;
      return signed(known.smin + shift, known.smax + shift);
    },
  };
}

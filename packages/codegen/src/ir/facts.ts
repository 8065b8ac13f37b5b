// What branches say about their operands: a fact holds in the block that a branch edge alone leads to, and in all blocks
// that this one dominates. Facts about `x + c` and extensions also say something about `x`.
import { resultOf } from "./cfg.ts";
import type { DominatorTree } from "./dominators.ts";
import type { Incoming, RangeAt } from "./edges.ts";
import { evaluateCompare } from "./evaluate.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "./function.ts";
import { equal, greater, type Interval, meet, signed, signedMax, signedMin, smaller } from "./interval.ts";
import { type CompareOp, swapCompare } from "./ops.ts";
import { differences, isSignedOrder, linear, type Relation, refineByRelations, staysWhole } from "./relations.ts";
import { along, conditionOf, joined, type Knowledge, type Learn, type Said, Sayings } from "./said.ts";

interface Fact {
  readonly value: ValueId;
  readonly block: BlockId;
  /** The range that the branch leaves to the value, from ranges in the block of the branch. */
  readonly learn: Learn;
  range: Interval | undefined;
}

/** What facts are collected from. */
export interface FactSource {
  readonly fn: IrFunction;
  readonly tree: DominatorTree;
  /** Edges into the blocks that facts are wanted for. */
  readonly incoming: ReadonlyMap<BlockId, readonly Incoming[]>;
  readonly knowledge: Knowledge;
  /** Relations that hold anyway. */
  readonly relations: readonly Omit<Relation, "holds">[];
  /** The range of a value wherever it is used. */
  readonly rangeOf: (value: ValueId) => Interval;
}

/** Tested parameters that are passed to others. */
const mostDepth = 4;
/** Blocks with more edges into them say nothing that all edges say. */
const mostEdges = 24;
/** Dominating blocks that are looked at for what an edge says. */
const mostAbove = 24;
/** Relations of relations. */
const mostRelated = 2;

export class BranchFacts {
  readonly #byBlock = new Map<BlockId, Fact[]>();
  readonly #byValue = new Map<ValueId, Fact[]>();
  readonly #related = new Map<ValueId, Relation[]>();
  readonly #span = new Map<BlockId, readonly [first: number, last: number]>();
  readonly #definitions = new Map<ValueId, Inst>();
  readonly #params = new Map<ValueId, { readonly block: BlockId; readonly index: number }>();
  readonly #home = new Map<ValueId, BlockId>();
  readonly #source: FactSource;
  readonly #sayings: Sayings;
  readonly #at: RangeAt = (value, block) => this.refine(value, block, this.#source.rangeOf(value));

  constructor(source: FactSource) {
    this.#source = source;
    this.#sayings = new Sayings(this.#definitions, source.knowledge);
    const { fn, tree, incoming } = source;
    this.#number(tree);
    for (const block of fn.blocks) {
      block.params.forEach((param, index) => {
        this.#params.set(param.value, { block: block.id, index });
        this.#home.set(param.value, block.id);
      });
      for (const inst of block.insts) {
        const result = resultOf(inst);
        if (!result) continue;
        this.#definitions.set(result.value, inst);
        this.#home.set(result.value, block.id);
      }
    }
    for (const relation of source.relations) this.#relate({ ...relation, holds: () => true });
    for (const block of tree.order) {
      const edges = incoming.get(block.id) ?? [];
      const [only, ...others] = edges;
      if (only && others.length === 0) this.#collect(block.id, only);
      else if (edges.length > 0 && source.knowledge === "all") this.#join(block.id, edges);
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

  // ── Collecting ───────────────────────────────────────────────────────────────────────────────────────────────────

  #collect(block: BlockId, edge: Incoming): void {
    for (const said of this.#sayings.by(edge)) this.#push({ ...said, block, range: undefined });
    const { end, id } = edge.from;
    const op = conditionOf(edge);
    if (end.op !== "branch" || !op || this.#source.knowledge === "kernel") return;
    const [left, right] = end.args;
    this.#compare(block, id, op, left, right);
    this.#correlate(block, id, op, left, right, mostDepth);
    this.#correlate(block, id, swapCompare(op), right, left, mostDepth);
  }

  /** Two values that are compared are related. */
  #compare(block: BlockId, source: BlockId, op: CompareOp, left: ValueId, right: ValueId): void {
    const { forward, backward } = differences(op);
    if (forward === undefined && backward === undefined) return;
    const [x, y] = [linear(left, this.#definitions), linear(right, this.#definitions)];
    if (this.#isConstant(x.base) || this.#isConstant(y.base)) return;
    const holds = (): boolean => {
      if (!isSignedOrder(op, this.#at(left, source), this.#at(right, source))) return false;
      return staysWhole(this.#at(x.base, source), x.plus) && staysWhole(this.#at(y.base, source), y.plus);
    };
    if (forward !== undefined) this.#relate({ block, a: x.base, b: y.base, most: forward + y.plus - x.plus, holds });
    if (backward !== undefined) this.#relate({ block, a: y.base, b: x.base, most: backward + x.plus - y.plus, holds });
  }

  #isConstant(value: ValueId): boolean {
    return this.#definitions.get(value)?.op === "const";
  }

  #relate(relation: Relation): void {
    for (const value of [relation.a, relation.b]) {
      const known = this.#related.get(value);
      if (known) known.push(relation);
      else this.#related.set(value, [relation]);
    }
  }

  /** What all edges into a block say. */
  #join(block: BlockId, edges: readonly Incoming[]): void {
    if (edges.length > mostEdges || edges.some((edge) => this.#isBelow(edge.from.id, block))) return;
    for (const said of this.#common(block, edges)) this.#push({ ...said, block, range: undefined });
  }

  /** What each of some edges into a block says of the same value, here or on the way from the block above all of them. */
  #common(into: BlockId, edges: readonly Incoming[]): readonly Said[] {
    const top = this.#source.tree.parent(into);
    const all = edges.map((edge) => ({ edge, said: this.#sayings.by(edge) }));
    const [first, ...others] = all.map(({ edge, said }) => this.#knownAbove(edge.from.id, top, said));
    return [...(first ?? [])]
      .filter((value) => others.every((values) => values.has(value)) && this.#isAbove(value, into))
      .map((value) => ({ value, learn: (at) => joined(all.map(({ edge, said }) => along(value, edge, said, at))) }));
  }

  #knownAbove(block: BlockId, top: BlockId | undefined, said: readonly Said[]): ReadonlySet<ValueId> {
    const values = new Set(said.map((one) => one.value));
    let at: BlockId | undefined = block;
    for (let count = 0; at !== undefined && at !== top && count < mostAbove; count++) {
      for (const fact of this.#byBlock.get(at) ?? []) values.add(fact.value);
      at = this.#source.tree.parent(at);
    }
    return values;
  }

  /** True where the value was made before the block, so that it is the same one below it. */
  #isAbove(value: ValueId, block: BlockId): boolean {
    const home = this.#home.get(value);
    return home !== undefined && home !== block && this.#isBelow(block, home);
  }

  /** A parameter that was tested: only edges that may have given it what it is say what holds. */
  #correlate(block: BlockId, source: BlockId, op: CompareOp, value: ValueId, other: ValueId, depth: number): void {
    const place = this.#params.get(value);
    const edges = place && this.#source.incoming.get(place.block);
    const limit = this.#definitions.get(other);
    if (!place || !edges || limit?.op !== "const" || edges.length < 2 || edges.length > mostEdges) return;
    const left = edges.filter((edge) => {
      const arg = this.#definitions.get(edge.args[place.index] ?? -1);
      return arg?.op !== "const" || evaluateCompare(op, arg.value, limit.value);
    });
    if (left.length === 0 || left.length === edges.length) return;
    for (const said of this.#common(place.block, left)) this.#push({ ...said, block, range: undefined });
    this.#params.forEach((param, passed) => {
      if (param.block !== place.block) return;
      const learn: Learn = (at) =>
        joined(left.map((edge) => along(edge.args[param.index] ?? -1, edge, this.#sayings.by(edge), at)));
      this.#push({ value: passed, learn, block, range: undefined });
    });
    const [only, ...more] = left;
    const arg = only?.args[place.index];
    if (!only || more.length > 0 || arg === undefined || !this.#isAbove(arg, place.block)) return;
    for (const said of this.#sayings.of(only.from.id, op, arg, other)) {
      if (this.#isAbove(said.value, place.block)) this.#push({ ...said, block, range: undefined });
    }
    if (depth > 0) this.#correlate(block, source, op, arg, other, depth - 1);
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

  // ── Asking ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A value's range in a block. */
  refine(value: ValueId, block: BlockId, range: Interval, depth = mostRelated): Interval {
    let refined = range;
    for (const fact of this.#byValue.get(value) ?? []) {
      if (fact.range && this.#isBelow(block, fact.block)) refined = meet(refined, fact.range) ?? refined;
    }
    const relations = depth === 0 ? undefined : this.#related.get(value);
    if (!relations) return refined;
    const near = relations.filter((one) => this.#isBelow(block, one.block));
    return refineByRelations(value, refined, near, (other) =>
      this.refine(other, block, this.#source.rangeOf(other), depth - 1),
    );
  }

  /** What is known of a difference of two values in a block. */
  difference(left: ValueId, right: ValueId, block: BlockId): Interval | undefined {
    const [x, y] = [linear(left, this.#definitions), linear(right, this.#definitions)];
    const relations = this.#related.get(x.base)?.filter((one) => one.a === y.base || one.b === y.base) ?? [];
    if (relations.length === 0) return undefined;
    const isWhole = staysWhole(this.#at(x.base, block), x.plus) && staysWhole(this.#at(y.base, block), y.plus);
    if (!isWhole) return undefined;
    let [low, high] = [signedMin, signedMax];
    for (const { a, most, holds, block: from } of relations) {
      if (!this.#isBelow(block, from) || !holds()) continue;
      const by = x.plus - y.plus;
      if (a === x.base) high = smaller(high, most + by);
      else low = greater(low, by - most);
    }
    return low > high ? undefined : signed(low, high);
  }

  #isBelow(block: BlockId, above: BlockId): boolean {
    const [span, inner] = [this.#span.get(above), this.#span.get(block)];
    return span !== undefined && inner !== undefined && inner[0] >= span[0] && inner[0] <= span[1];
  }
}

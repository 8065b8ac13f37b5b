// Runs a loop on ranges, one iteration after another, as the kernel's verifier does: each iteration begins with what the
// one before left. Takes ranges that hold outside of the loop; when no edge back can be taken any more, the loop is bounded,
// and the ranges of all iterations together hold of its header's parameters. Inner loops count with all that they may do.
import type { DominatorTree } from "./dominators.ts";
import { type Incoming, type RangeAt, rangeOnEdge, takenEdges } from "./edges.ts";
import { BranchFacts } from "./facts.ts";
import type { Block, BlockId, IrFunction, ValueId } from "./function.ts";
import { equal, full, type Interval, join, meet } from "./interval.ts";
import type { Loop } from "./loops.ts";
import type { Ranges } from "./ranges.ts";
import type { Knowledge } from "./said.ts";
import { transferInst } from "./transfer-inst.ts";

/** What the iterations showed. */
export interface Simulated {
  /** How often an edge back was taken. */
  readonly trips: bigint;
  /** Ranges of the header's parameters over all iterations. */
  readonly params: ReadonlyMap<ValueId, Interval>;
}

/** Where a simulation happens. */
export interface Surroundings {
  readonly fn: IrFunction;
  readonly tree: DominatorTree;
  readonly ranges: Ranges;
  readonly knowledge: Knowledge;
}

type State = ReadonlyMap<ValueId, Interval>;

/** Instructions after which a simulation is given up; longer loops need a counter. */
const mostWork = 40_000;

/** Simulates a loop that begins with `initial`; `most` is a bound of its trips, where one is known. */
export function simulateLoop(
  loop: Loop,
  initial: State,
  most: bigint | undefined,
  around: Surroundings,
): Simulated | undefined {
  const run = new Run(loop, around);
  let state = initial;
  let all = initial;
  for (let trips = 0n; run.work < mostWork; trips++) {
    if (trips === most) return { trips, params: all };
    const next = run.iterate(state);
    if (!next) return { trips, params: all };
    if (isSame(state, next)) return most === undefined ? undefined : { trips: most, params: all };
    state = next;
    all = unite(all, next);
  }
  return undefined;
}

function isSame(a: State, b: State): boolean {
  return [...a].every(([value, range]) => equal(range, b.get(value)));
}

function unite(a: State, b: State): State {
  return new Map([...a].map(([value, range]) => [value, join(range, b.get(value)) ?? range]));
}

class Run {
  work = 0;
  readonly #loop: Loop;
  readonly #around: Surroundings;
  readonly #blocks: readonly Block[];
  readonly #inner: ReadonlySet<BlockId>;
  readonly #own = new Set<ValueId>();
  readonly #facts: BranchFacts;
  /** Edges that this iteration took, by target. */
  #taken = new Map<BlockId, Incoming[]>();
  #base = new Map<ValueId, Interval>();
  readonly #at: RangeAt = (value, block) => this.#facts.refine(value, block, this.#whole(value));

  constructor(loop: Loop, around: Surroundings) {
    const { fn, tree, ranges, knowledge } = around;
    this.#loop = loop;
    this.#around = around;
    this.#blocks = tree.order.filter((block) => loop.blocks.has(block.id));
    this.#inner = new Set(ranges.loops.filter((one) => loop.blocks.has(one.header)).map((one) => one.header));
    const incoming = new Map<BlockId, readonly Incoming[]>();
    for (const block of this.#blocks) {
      if (block.id !== loop.header) incoming.set(block.id, ranges.incoming(block.id));
      for (const param of block.params) this.#own.add(param.value);
      for (const inst of block.insts) if ("result" in inst && inst.result !== undefined) this.#own.add(inst.result);
    }
    const rangeOf = (value: ValueId): Interval => this.#whole(value);
    this.#facts = new BranchFacts({ fn, tree, incoming, knowledge, relations: [], rangeOf });
  }

  #whole(value: ValueId): Interval {
    if (this.#own.has(value)) return this.#base.get(value) ?? full;
    return this.#around.ranges.at(value, this.#loop.header);
  }

  /** What the next iteration begins with; undefined when there is none. */
  iterate(state: State): State | undefined {
    this.#taken = new Map();
    this.#base = new Map(state);
    for (const block of this.#blocks) {
      if (block.id !== this.#loop.header && !this.#taken.has(block.id)) continue;
      this.#visit(block);
    }
    const back = this.#taken.get(this.#loop.header);
    return back && new Map([...state.keys()].map((param, index) => [param, this.#joined(back, index)]));
  }

  #visit(block: Block): void {
    this.work += block.insts.length + 1;
    if (block.id !== this.#loop.header) this.#params(block);
    this.#facts.update(block.id, this.#at);
    for (const inst of block.insts) {
      if (!("result" in inst) || inst.result === undefined) continue;
      const range = transferInst(inst, (value) => this.#at(value, block.id), this.#around.knowledge);
      const known = inst.op === "sub64" ? this.#facts.difference(inst.args[0], inst.args[1], block.id) : undefined;
      this.#base.set(inst.result, (known && meet(range, known)) ?? range);
    }
    for (const { index, edge } of takenEdges(block, this.#at)) {
      const known = this.#taken.get(edge.block);
      const incoming: Incoming = { from: block, index, args: edge.args };
      if (known) known.push(incoming);
      else this.#taken.set(edge.block, [incoming]);
    }
  }

  #params(block: Block): void {
    const edges = this.#taken.get(block.id) ?? [];
    block.params.forEach((param, index) => {
      const isInner = this.#inner.has(block.id);
      this.#base.set(param.value, isInner ? this.#around.ranges.of(param.value) : this.#joined(edges, index));
    });
  }

  #joined(edges: readonly Incoming[], index: number): Interval {
    let range: Interval | undefined;
    for (const edge of edges) {
      const arg = edge.args[index];
      range = join(range, arg === undefined ? full : rangeOnEdge(arg, edge, this.#at));
    }
    return range ?? full;
  }
}

// The range of every value: intervals by abstract interpretation of the SSA form, with what branches say about their
// operands on the blocks that they dominate. Takes any well-formed function; ensures that every value of every run lies in
// its range. Loops: widening to constants of the function, narrowing, then bounds from trip counts (trips.ts), and again.
import { type DominatorTree, dominators } from "./dominators.ts";
import { type Incoming, rangeOnEdge, takenEdges } from "./edges.ts";
import { BranchFacts } from "./facts.ts";
import type { Block, BlockId, IrFunction, ValueId } from "./function.ts";
import { equal, full, type Interval, join, meet, widen } from "./interval.ts";
import { nest, type Part } from "./loop-nest.ts";
import { findLoops, type Loop } from "./loops.ts";
import type { Knowledge } from "./said.ts";
import { computeStrides, onStride, type Stride } from "./strides.ts";
import { givenRange, transferInst } from "./transfer-inst.ts";
import { boundLoops, type LoopBounds } from "./trips.ts";
import { isPointer } from "./types.ts";

/** What is known of the values of a function. */
export interface Ranges {
  /** The range of a value, wherever it is used; any value where analysis never came. */
  of(value: ValueId): Interval;
  /** Its range in a block, with what the branches before say. */
  at(value: ValueId, block: BlockId): Interval;
  /** Its range where it passes along an edge. */
  onEdge(value: ValueId, edge: Incoming): Interval;
  isReachable(block: BlockId): boolean;
  /** Whether the edge can be taken. */
  isFeasible(from: BlockId, index: 0 | 1): boolean;
  incoming(block: BlockId): readonly Incoming[];
  readonly loops: readonly Loop[];
  /** How often the edges back to a loop's header can be taken, at most; undefined when no bound is found. */
  trips(header: BlockId): bigint | undefined;
}

const visitsBeforeWidening = 2;
const narrowings = 2;
/** From this visit of a header on, bounds that still move are given up. */
const mostVisits = 500;
const mostRounds = 4;

/** Computes ranges and loop bounds. */
export function computeRanges(
  fn: IrFunction,
  tree: DominatorTree = dominators(fn),
  knowledge: Knowledge = "all",
): Ranges {
  const loops = findLoops(fn, tree);
  let bounds: LoopBounds = { trips: new Map(), clamps: new Map(), relations: [] };
  for (let round = 1; ; round++) {
    const solver = new Solver(fn, tree, loops, bounds, knowledge);
    solver.solve();
    if (loops.length === 0 || round === mostRounds) return solver;
    const next = boundLoops({ fn, tree, ranges: solver, knowledge });
    if (isSame(bounds, next)) return solver;
    bounds = next;
  }
}

function isSame(a: LoopBounds, b: LoopBounds): boolean {
  const sameTrips = a.trips.size === b.trips.size && [...a.trips].every(([key, value]) => b.trips.get(key) === value);
  const sameClamps = a.clamps.size === b.clamps.size;
  return (
    a.relations.length === b.relations.length &&
    sameTrips &&
    sameClamps &&
    [...a.clamps].every(([key, value]) => equal(b.clamps.get(key), value))
  );
}

class Solver implements Ranges {
  readonly loops: readonly Loop[];
  readonly #tree: DominatorTree;
  readonly #bounds: LoopBounds;
  readonly #knowledge: Knowledge;
  readonly #headers: ReadonlySet<BlockId>;
  readonly #incoming = new Map<BlockId, Incoming[]>();
  readonly #thresholds: readonly bigint[];
  readonly #base = new Map<ValueId, Interval>();
  readonly #facts: BranchFacts;
  readonly #strides: ReadonlyMap<ValueId, Stride>;
  readonly #reachable = new Set<BlockId>();
  readonly #feasible = new Set<string>();
  readonly #visits = new Map<BlockId, number>();
  #changes = 0;
  #isNarrowing = false;

  constructor(fn: IrFunction, tree: DominatorTree, loops: readonly Loop[], bounds: LoopBounds, knowledge: Knowledge) {
    this.#tree = tree;
    this.#knowledge = knowledge;
    this.loops = loops;
    this.#bounds = bounds;
    this.#headers = new Set(loops.map((loop) => loop.header));
    this.#thresholds = thresholdsOf(fn);
    for (const block of tree.order) this.#incoming.set(block.id, []);
    for (const block of tree.order) {
      const { end } = block;
      if (end.op === "jump") this.#incoming.get(end.to.block)?.push({ from: block, index: 0, args: end.to.args });
      if (end.op !== "branch") continue;
      this.#incoming.get(end.then.block)?.push({ from: block, index: 0, args: end.then.args });
      this.#incoming.get(end.else.block)?.push({ from: block, index: 1, args: end.else.args });
    }
    this.#strides = knowledge === "all" ? computeStrides(fn) : new Map();
    this.#facts = new BranchFacts({
      fn,
      tree,
      incoming: this.#incoming,
      knowledge,
      relations: bounds.relations,
      rangeOf: (value) => this.of(value),
    });
  }

  solve(): void {
    const [entry] = this.#tree.order;
    if (entry) this.#reachable.add(entry.id);
    this.#stabilise(nest(this.#tree.order, this.loops));
    if (this.#headers.size === 0) return;
    this.#isNarrowing = true;
    for (let pass = 0; pass < narrowings; pass++) for (const block of this.#tree.order) this.#visit(block);
  }

  /** Loops are repeated until nothing changes in them, inner ones each time that the outer one is. */
  #stabilise(parts: readonly Part[]): void {
    for (const part of parts) {
      if (!("parts" in part)) {
        this.#visit(part);
        continue;
      }
      let before: number;
      do {
        before = this.#changes;
        this.#stabilise(part.parts);
      } while (this.#changes !== before);
    }
  }

  // ── Queries ──────────────────────────────────────────────────────────────────────────────────────────────────────

  of(value: ValueId): Interval {
    return this.#base.get(value) ?? full;
  }

  at(value: ValueId, block: BlockId): Interval {
    const range = this.#facts.refine(value, block, this.of(value));
    const stride = this.#strides.get(value);
    return stride ? onStride(range, stride) : range;
  }

  onEdge(value: ValueId, edge: Incoming): Interval {
    return rangeOnEdge(value, edge, (one, block) => this.at(one, block));
  }

  isReachable(block: BlockId): boolean {
    return this.#reachable.has(block);
  }

  isFeasible(from: BlockId, index: 0 | 1): boolean {
    return this.#feasible.has(`${from}.${index}`);
  }

  incoming(block: BlockId): readonly Incoming[] {
    return this.#incoming.get(block) ?? [];
  }

  trips(header: BlockId): bigint | undefined {
    return this.#bounds.trips.get(header);
  }

  // ── Abstract interpretation ──────────────────────────────────────────────────────────────────────────────────────

  #visit(block: Block): void {
    if (!this.#reachable.has(block.id)) return;
    this.#params(block);
    if (this.#facts.update(block.id, (value, at) => this.at(value, at))) this.#changes++;
    for (const inst of block.insts) {
      if (!("result" in inst) || inst.result === undefined) continue;
      const range = transferInst(inst, (value) => this.at(value, block.id), this.#knowledge);
      const known = inst.op === "sub64" ? this.#facts.difference(inst.args[0], inst.args[1], block.id) : undefined;
      this.#set(inst.result, (known && meet(range, known)) ?? range);
    }
    this.#leave(block);
  }

  #set(value: ValueId, range: Interval): void {
    if (equal(this.#base.get(value), range)) return;
    this.#base.set(value, range);
    this.#changes++;
  }

  #params(block: Block): void {
    const visits = (this.#visits.get(block.id) ?? 0) + 1;
    this.#visits.set(block.id, visits);
    const edges = this.incoming(block.id).filter((edge) => this.isFeasible(edge.from.id, edge.index));
    block.params.forEach((param, index) => {
      let range = edges.length === 0 ? givenRange(param, this.#knowledge) : undefined;
      for (const edge of edges) {
        const arg = edge.args[index];
        if (arg !== undefined && this.#base.has(arg)) range = join(range, this.onEdge(arg, edge));
      }
      if (!range) return;
      const old = this.#base.get(param.value);
      const isLate = this.#headers.has(block.id) && visits > visitsBeforeWidening;
      if (old && isLate && !this.#isNarrowing) {
        const thresholds = visits > mostVisits ? [] : this.#thresholds;
        range = widen(old, join(old, range) ?? range, thresholds);
      }
      const clamp = this.#bounds.clamps.get(param.value);
      this.#set(param.value, (clamp && meet(range, clamp)) ?? range);
    });
  }

  #leave(block: Block): void {
    const taken = takenEdges(block, (value, at) => this.at(value, at));
    for (const { index, edge } of taken) this.#take(block.id, index, edge.block);
  }

  #take(from: BlockId, index: 0 | 1, to: BlockId): void {
    if (this.isFeasible(from, index)) return;
    this.#feasible.add(`${from}.${index}`);
    this.#reachable.add(to);
    this.#changes++;
  }
}

/** Constants of the function and their neighbours, and the ends of the integer types, ascending. */
function thresholdsOf(fn: IrFunction): readonly bigint[] {
  const found = new Set<bigint>([-1n, 0n]);
  for (const bits of [8n, 16n, 31n, 32n, 53n]) found.add((1n << bits) - 1n).add(-(1n << bits));
  for (const block of fn.blocks) {
    for (const inst of block.insts) {
      if (inst.op !== "const" || isPointer(inst.type)) continue;
      const value = BigInt.asIntN(64, inst.value);
      found
        .add(value - 1n)
        .add(value)
        .add(value + 1n);
    }
  }
  return [...found].sort((a, b) => (a < b ? -1 : 1));
}

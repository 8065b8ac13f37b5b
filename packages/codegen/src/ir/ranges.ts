// The range of every value: intervals by abstract interpretation of the SSA form, with what branches say about their
// operands on the blocks that they dominate. Takes any well-formed function; ensures that every value of every run lies in
// its range. Loops: widening to constants of the function, narrowing, then bounds from trip counts (trips.ts), and again.
import { type HelperRow, helpers } from "@typebpf/abi";
import { constrain } from "./constrain.ts";
import { type DominatorTree, dominators } from "./dominators.ts";
import { BranchFacts, type Knowledge } from "./facts.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "./function.ts";
import { equal, exactly, full, type Interval, join, meet, signed, unsigned, unsignedMax, widen } from "./interval.ts";
import { kernelFollows } from "./kernel-knowledge.ts";
import { nest, type Part } from "./loop-nest.ts";
import { findLoops, type Loop } from "./loops.ts";
import { type BinaryOp, negateCompare, swapCompare, type UnaryOp } from "./ops.ts";
import { transferBinary, transferUnary } from "./transfer.ts";
import { boundLoops, type LoopBounds } from "./trips.ts";
import { isPointer } from "./types.ts";

/** One edge into a block. */
export interface Incoming {
  readonly from: Block;
  /** 0: the jump's or the `then` edge; 1: the `else` edge. */
  readonly index: 0 | 1;
  readonly args: readonly ValueId[];
}

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

const pointerRange = unsigned(1n, unsignedMax);
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
  let bounds: LoopBounds = { trips: new Map(), clamps: new Map() };
  for (let round = 1; ; round++) {
    const solver = new Solver(fn, tree, loops, bounds, knowledge);
    solver.solve();
    if (loops.length === 0 || round === mostRounds) return solver;
    const next = boundLoops(fn, tree, solver);
    if (isSame(bounds, next)) return solver;
    bounds = next;
  }
}

function isSame(a: LoopBounds, b: LoopBounds): boolean {
  const sameTrips = a.trips.size === b.trips.size && [...a.trips].every(([key, value]) => b.trips.get(key) === value);
  const sameClamps = a.clamps.size === b.clamps.size;
  return sameTrips && sameClamps && [...a.clamps].every(([key, value]) => equal(b.clamps.get(key), value));
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
    this.#facts = new BranchFacts(fn, tree, this.#incoming, knowledge);
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
    return this.#facts.refine(value, block, this.of(value));
  }

  onEdge(value: ValueId, edge: Incoming): Interval {
    const range = this.at(value, edge.from.id);
    const { end } = edge.from;
    if (end.op !== "branch") return range;
    const op = edge.index === 0 ? end.compare : negateCompare(end.compare);
    if (!op) return range;
    const [left, right] = end.args;
    if (value === left) return constrain(op, range, this.at(right, edge.from.id)) ?? range;
    if (value === right) return constrain(swapCompare(op), range, this.at(left, edge.from.id)) ?? range;
    return range;
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
      if ("result" in inst && inst.result !== undefined) this.#set(inst.result, this.#transfer(inst, block.id));
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
      let range = isPointer(param.type) && edges.length === 0 ? pointerRange : undefined;
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
    const { end } = block;
    if (end.op === "jump") this.#take(block.id, 0, end.to.block);
    if (end.op !== "branch") return;
    for (const [index, edge] of [
      [0, end.then],
      [1, end.else],
    ] as const) {
      const op = index === 0 ? end.compare : negateCompare(end.compare);
      const [left, right] = [this.at(end.args[0], block.id), this.at(end.args[1], block.id)];
      const holds = !op || (constrain(op, left, right) && constrain(swapCompare(op), right, left));
      if (holds) this.#take(block.id, index, edge.block);
    }
  }

  #take(from: BlockId, index: 0 | 1, to: BlockId): void {
    if (this.isFeasible(from, index)) return;
    this.#feasible.add(`${from}.${index}`);
    this.#reachable.add(to);
    this.#changes++;
  }

  #transfer(inst: Inst, block: BlockId): Interval {
    switch (inst.op) {
      case "const":
        return exactly(inst.value);
      case "load":
        return isPointer(inst.type) ? pointerRange : loaded(inst.size, inst.signed);
      case "atomic":
        return loaded(inst.size, false);
      case "ptrdiff":
        return this.#knowledge === "all" ? unsigned(0n, 0x7fffffffn) : full;
      case "call":
        return this.#knowledge === "all" ? returned(helpers[inst.helper]) : full;
      case "ptradd":
      case "slot":
      case "map":
      case "address":
        return pointerRange;
      case "store":
      case "copy":
      case "zero":
      case "assert":
        return full;
      default:
        break;
    }
    const [left, right] = inst.args;
    const operands = [left, right].flatMap((arg) => (arg === undefined ? [] : [this.at(arg, block)]));
    const [a = full, b] = operands;
    if (this.#knowledge === "kernel" && !kernelFollows(inst.op, operands)) return full;
    return b ? transferBinary(inst.op as BinaryOp, a, b) : transferUnary(inst.op as UnaryOp, a);
  }
}

function loaded(size: 1 | 2 | 4 | 8, isSigned: boolean): Interval {
  const half = 1n << BigInt(size * 8 - 1);
  return isSigned ? signed(-half, half - 1n) : unsigned(0n, half * 2n - 1n);
}

/** Errno values are below 4096 (include/linux/err.h, MAX_ERRNO). */
const status = signed(-4095n, 0n);

function returned({ returns }: HelperRow): Interval {
  if (returns.is === "status") return status;
  return returns.is === "integer" ? loaded(returns.width === 32 ? 4 : 8, returns.signed) : full;
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

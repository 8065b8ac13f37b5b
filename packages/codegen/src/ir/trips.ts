// Bounds of loops. A loop ends when a test that every iteration passes compares a value that moves by at least one step
// in one direction with a value of known range; from the number of iterations follow bounds of everything that moves by a
// bounded step. Takes ranges that hold without these bounds, so what it gives holds too.
import { resultOf } from "./cfg.ts";
import type { DominatorTree } from "./dominators.ts";
import type { Block, BlockId, Inst, IrFunction, Param, Terminator, ValueId } from "./function.ts";
import { type Interval, join, signed, singleValue, smaller } from "./interval.ts";
import type { Loop } from "./loops.ts";
import { countTrips, far, least, type Movement, most, moved, negated, unite } from "./movement.ts";
import { type CompareName, type CompareOp, negateCompare, splitOp, swapCompare } from "./ops.ts";
import type { Incoming, Ranges } from "./ranges.ts";

export interface LoopBounds {
  /** By header: how often an edge back to it can be taken, at most. */
  readonly trips: ReadonlyMap<BlockId, bigint>;
  /** Ranges of header parameters that follow. */
  readonly clamps: ReadonlyMap<ValueId, Interval>;
}

/** Bounds every loop that can be bounded, inner ones first. */
export function boundLoops(fn: IrFunction, tree: DominatorTree, ranges: Ranges): LoopBounds {
  const finder = new BoundFinder(fn, tree, ranges);
  for (const loop of [...ranges.loops].reverse()) finder.bound(loop);
  return { trips: finder.trips, clamps: finder.clamps };
}

class BoundFinder {
  readonly trips = new Map<BlockId, bigint>();
  readonly clamps = new Map<ValueId, Interval>();
  readonly #tree: DominatorTree;
  readonly #ranges: Ranges;
  readonly #blocks = new Map<BlockId, Block>();
  readonly #definitions = new Map<ValueId, { readonly inst: Inst; readonly block: BlockId }>();
  readonly #params = new Map<ValueId, { readonly block: Block; readonly index: number }>();
  readonly #loops: ReadonlyMap<BlockId, Loop>;
  /** Movements of the header parameters of loops that are done. */
  readonly #steps = new Map<ValueId, Movement | undefined>();

  constructor(fn: IrFunction, tree: DominatorTree, ranges: Ranges) {
    this.#tree = tree;
    this.#ranges = ranges;
    this.#loops = new Map(ranges.loops.map((loop) => [loop.header, loop]));
    for (const block of fn.blocks) {
      this.#blocks.set(block.id, block);
      block.params.forEach((param, index) => {
        this.#params.set(param.value, { block, index });
      });
      for (const inst of block.insts) {
        const result = resultOf(inst);
        if (result) this.#definitions.set(result.value, { inst, block: block.id });
      }
    }
  }

  bound(loop: Loop): void {
    const header = this.#blocks.get(loop.header);
    if (!header || !this.#ranges.isReachable(header.id)) return;
    for (const param of header.params) this.#steps.set(param.value, this.#step(param, header, loop));
    const trips = this.#latches(loop).length === 0 ? 0n : this.#tripsOf(loop, header);
    if (trips === undefined) return;
    this.trips.set(header.id, trips);
    for (const param of header.params) this.#clamp(param, header, loop, trips);
  }

  /** The edges back to the header that can be taken. */
  #latches(loop: Loop): readonly Incoming[] {
    const edges = this.#ranges.incoming(loop.header).filter((edge) => loop.blocks.has(edge.from.id));
    return edges.filter((edge) => this.#ranges.isFeasible(edge.from.id, edge.index));
  }

  /** Values that come from outside of the loop. */
  #initial(param: Param, header: Block, loop: Loop): Interval | undefined {
    return this.#incoming(param, header, (from) => !loop.blocks.has(from));
  }

  #incoming(param: Param, header: Block, wanted: (from: BlockId) => boolean): Interval | undefined {
    const index = header.params.indexOf(param);
    let range: Interval | undefined;
    for (const edge of this.#ranges.incoming(header.id)) {
      const arg = edge.args[index];
      if (arg === undefined || !wanted(edge.from.id)) continue;
      if (this.#ranges.isFeasible(edge.from.id, edge.index)) range = join(range, this.#ranges.onEdge(arg, edge));
    }
    return range;
  }

  /** How a header's parameter moves in one iteration. */
  #step(param: Param, header: Block, loop: Loop): Movement | undefined {
    if (param.type !== "i64") return undefined;
    const index = header.params.indexOf(param);
    const latches = this.#latches(loop);
    return this.#unite(
      latches.map((edge) => ({
        value: edge.args[index] ?? -1,
        range: this.#ranges.onEdge(edge.args[index] ?? -1, edge),
      })),
      param.value,
      loop,
      new Map(),
    );
  }

  #unite(
    values: readonly { readonly value: ValueId; readonly range: Interval }[],
    param: ValueId,
    loop: Loop,
    known: Map<ValueId, Movement | undefined>,
  ): Movement | undefined {
    let all: Movement | undefined;
    for (const { value, range } of values) {
      const one = this.#movement(value, range, param, loop, known);
      if (!one) return undefined;
      all = all ? unite(all, one) : one;
    }
    return all;
  }

  #movement(
    value: ValueId,
    range: Interval,
    param: ValueId,
    loop: Loop,
    known: Map<ValueId, Movement | undefined>,
  ): Movement | undefined {
    if (value === param) return { low: 0n, high: 0n, reset: undefined };
    if (known.has(value)) return known.get(value);
    known.set(value, undefined);
    const found = this.#find(value, range, param, loop, known);
    known.set(value, found);
    return found;
  }

  #find(
    value: ValueId,
    range: Interval,
    param: ValueId,
    loop: Loop,
    known: Map<ValueId, Movement | undefined>,
  ): Movement | undefined {
    const fresh: Movement = { low: 0n, high: -1n, reset: range };
    const definition = this.#definitions.get(value);
    if (definition) {
      if (!loop.blocks.has(definition.block)) return fresh;
      return this.#through(definition.inst, definition.block, param, loop, known) ?? fresh;
    }
    const place = this.#params.get(value);
    if (!place || !loop.blocks.has(place.block.id) || place.block.id === loop.header) return fresh;
    return this.#throughParam(value, place.block, place.index, param, loop, known) ?? fresh;
  }

  /** Sums: what is added moves the value. */
  #through(
    inst: Inst,
    block: BlockId,
    param: ValueId,
    loop: Loop,
    known: Map<ValueId, Movement | undefined>,
  ): Movement | undefined {
    if (inst.op !== "add64" && inst.op !== "sub64") return undefined;
    const [left, right] = inst.args;
    const ranges = [this.#ranges.at(left, block), this.#ranges.at(right, block)] as const;
    const a = this.#movement(left, ranges[0], param, loop, known);
    if (a && a.low <= a.high) return moved(a, inst.op === "add64" ? ranges[1] : negated(ranges[1]));
    if (inst.op === "sub64") return undefined;
    const b = this.#movement(right, ranges[1], param, loop, known);
    return b && b.low <= b.high ? moved(b, ranges[0]) : undefined;
  }

  #throughParam(
    value: ValueId,
    block: Block,
    index: number,
    param: ValueId,
    loop: Loop,
    known: Map<ValueId, Movement | undefined>,
  ): Movement | undefined {
    const inner = this.#loops.get(block.id);
    const edges = this.#ranges.incoming(block.id).filter((edge) => {
      const isBack = inner?.blocks.has(edge.from.id) ?? false;
      return !isBack && this.#ranges.isFeasible(edge.from.id, edge.index);
    });
    const before = this.#unite(
      edges.map((edge) => ({
        value: edge.args[index] ?? -1,
        range: this.#ranges.onEdge(edge.args[index] ?? -1, edge),
      })),
      param,
      loop,
      known,
    );
    if (!inner || !before) return before;
    const step = this.#steps.get(value);
    const trips = this.trips.get(block.id);
    if (!step || step.reset || trips === undefined || before.reset) return undefined;
    return { low: before.low + trips * least(step.low), high: before.high + trips * most(step.high), reset: undefined };
  }

  /** The smallest bound that any test gives. */
  #tripsOf(loop: Loop, header: Block): bigint | undefined {
    let fewest: bigint | undefined;
    for (const id of loop.blocks) {
      const block = this.#blocks.get(id);
      if (block?.end.op !== "branch") continue;
      if (!loop.latches.every((latch) => this.#tree.dominates(id, latch))) continue;
      const trips = this.#tripsBy(block.id, block.end, loop, header);
      if (trips !== undefined && (fewest === undefined || trips < fewest)) fewest = trips;
    }
    return fewest;
  }

  #tripsBy(block: BlockId, end: Extract<Terminator, { op: "branch" }>, loop: Loop, header: Block): bigint | undefined {
    const [stays, leaves] = [loop.blocks.has(end.then.block), loop.blocks.has(end.else.block)];
    if (stays === leaves) return undefined;
    const op = stays ? end.compare : negateCompare(end.compare);
    if (!op) return undefined;
    const [left, right] = end.args;
    const forward = this.#tripsOfTest(block, op, left, right, loop, header);
    const backward = this.#tripsOfTest(block, swapCompare(op), right, left, loop, header);
    if (forward === undefined || backward === undefined) return forward ?? backward;
    return smaller(forward, backward);
  }

  /** How often `value op limit` can hold while some header parameter moves the value. */
  #tripsOfTest(
    block: BlockId,
    op: CompareOp,
    value: ValueId,
    limit: ValueId,
    loop: Loop,
    header: Block,
  ): bigint | undefined {
    for (const param of header.params) {
      const initial = this.#initial(param, header, loop);
      if (!initial || param.type !== "i64") continue;
      const halved = this.#tripsOfShift(op, value, limit, param, header, loop, initial);
      if (halved !== undefined) return halved;
      const step = this.#steps.get(param.value);
      const ahead = this.#movement(value, this.#ranges.at(value, block), param.value, loop, new Map());
      if (!step || step.reset || !ahead || ahead.reset) continue;
      const start = signed(initial.smin + ahead.low, initial.smax + ahead.high);
      const trips = countTrips(op, start, step, this.#ranges.at(limit, block), this.#isOutside(limit, loop));
      if (trips !== undefined) return trips;
    }
    return undefined;
  }

  #isOutside(value: ValueId, loop: Loop): boolean {
    const definition = this.#definitions.get(value);
    if (definition) return definition.inst.op === "const" || !loop.blocks.has(definition.block);
    const place = this.#params.get(value);
    return place !== undefined && !loop.blocks.has(place.block.id);
  }

  /** `while (x !== 0) x >>>= c`: at most as often as the value has bits. */
  #tripsOfShift(
    op: CompareOp,
    value: ValueId,
    limit: ValueId,
    param: Param,
    header: Block,
    loop: Loop,
    initial: Interval,
  ): bigint | undefined {
    const { name } = splitOp<CompareName>(op);
    if (value !== param.value || (name !== "ne" && name !== "ugt" && name !== "sgt")) return undefined;
    if (singleValue(this.#ranges.of(limit)) !== 0n) return undefined;
    const index = header.params.indexOf(param);
    const latches = this.#latches(loop);
    const shifts = latches.every((edge) => this.#isShifted(edge.args[index] ?? -1, param.value));
    return shifts ? BigInt(initial.umax.toString(2).length) : undefined;
  }

  #isShifted(value: ValueId, param: ValueId): boolean {
    const inst = this.#definitions.get(value)?.inst;
    if (!inst) return false;
    if (inst.op !== "lshr64" && inst.op !== "lshr32" && inst.op !== "udiv64") return false;
    const least = this.#ranges.of(inst.args[1]).umin;
    return inst.args[0] === param && least >= (inst.op === "udiv64" ? 2n : 1n);
  }

  #clamp(param: Param, header: Block, loop: Loop, trips: bigint): void {
    const step = this.#steps.get(param.value);
    const initial = this.#initial(param, header, loop);
    if (!step || !initial) return;
    const start = join(initial, step.reset) ?? initial;
    const low = start.smin + trips * least(step.low);
    const high = start.smax + trips * most(step.high);
    if (low > -far && high < far) this.clamps.set(param.value, signed(low, high));
  }
}

// Bounds of loops. A loop ends when a test that every iteration passes compares a value that moves by at least one step
// in one direction with a value of known range; from the number of iterations follow bounds of everything that moves by a
// bounded step. Takes ranges that hold without these bounds, so what it gives holds too.
import { type Bisected, bisect } from "./bisection.ts";
import { turnsOfClearing } from "./bit-clearing.ts";
import { resultOf } from "./cfg.ts";
import type { DominatorTree } from "./dominators.ts";
import type { Incoming } from "./edges.ts";
import type { Block, BlockId, Inst, Param, Terminator, ValueId } from "./function.ts";
import { full, type Interval, join, meet, signed, singleValue, smaller } from "./interval.ts";
import type { Loop } from "./loops.ts";
import { countTrips, far, least, type Movement, most } from "./movement.ts";
import { type CompareOp, negateCompare, swapCompare } from "./ops.ts";
import type { Ranges } from "./ranges.ts";
import type { Relation } from "./relations.ts";
import { type Simulated, type Surroundings, simulateLoop } from "./simulate.ts";
import { Movements } from "./steps.ts";

export interface LoopBounds {
  /** By header: how often an edge back to it can be taken, at most. */
  readonly trips: ReadonlyMap<BlockId, bigint>;
  /** Ranges of header parameters that follow. */
  readonly clamps: ReadonlyMap<ValueId, Interval>;
  /** Differences of header parameters that follow. */
  readonly relations: readonly Omit<Relation, "holds">[];
}

/** Loops that run more often are not simulated for the sake of what they change. */
const mostSimulated = 1024n;

/** Parameters of one loop that are compared with each other. */
const mostRelated = 8;

/** Bounds every loop that can be bounded, inner ones first. */
export function boundLoops(around: Surroundings): LoopBounds {
  const finder = new BoundFinder(around);
  for (const loop of [...around.ranges.loops].reverse()) finder.bound(loop);
  return { trips: finder.trips, clamps: finder.clamps, relations: finder.relations };
}

/** Without a distance from turn to turn that is known. */
function isUncounted(step: Movement | undefined): boolean {
  return step === undefined || step.reset !== undefined;
}

class BoundFinder {
  readonly trips = new Map<BlockId, bigint>();
  readonly clamps = new Map<ValueId, Interval>();
  readonly relations: Omit<Relation, "holds">[] = [];
  readonly #around: Surroundings;
  readonly #tree: DominatorTree;
  readonly #ranges: Ranges;
  readonly #blocks = new Map<BlockId, Block>();
  readonly #definitions = new Map<ValueId, { readonly inst: Inst; readonly block: BlockId }>();
  readonly #params = new Map<ValueId, { readonly block: Block; readonly index: number }>();
  readonly #movements: Movements;
  /** Header parameters that certainly never wrap. */
  readonly #counted = new Set<ValueId>();
  /** Where the ends of binary searches are. */
  readonly #halved = new Map<ValueId, Interval>();
  /** Movements of the header parameters of loops that are done. */
  readonly #steps = new Map<ValueId, Movement | undefined>();

  constructor(around: Surroundings) {
    const { fn, tree, ranges } = around;
    this.#around = around;
    this.#tree = tree;
    this.#ranges = ranges;
    this.#movements = new Movements({
      ranges,
      definitions: this.#definitions,
      params: this.#params,
      loops: new Map(ranges.loops.map((loop) => [loop.header, loop])),
      steps: this.#steps,
      trips: this.trips,
    });
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
    const counted = this.#latches(loop).length === 0 ? 0n : this.#tripsOf(loop, header);
    const simulated = this.#isSimulated(header, counted) ? this.#simulate(header, loop, counted) : undefined;
    const trips = simulated?.trips ?? counted;
    if (trips === undefined) return;
    this.trips.set(header.id, trips);
    for (const param of header.params) this.#clamp(param, header, loop, trips);
    const known = [...(simulated?.params ?? []), ...header.params.flatMap(({ value }) => this.#halvedOf(value))];
    for (const [param, range] of known) {
      const clamp = this.clamps.get(param);
      this.clamps.set(param, (clamp && meet(clamp, range)) ?? range);
    }
    if (this.#around.knowledge === "all") this.#relate(header, loop);
  }

  #halvedOf(param: ValueId): readonly (readonly [ValueId, Interval])[] {
    const range = this.#halved.get(param);
    return range ? [[param, range]] : [];
  }

  /** Of two parameters that never wrap one may move at least as far as the other in each iteration. */
  #relate(header: Block, loop: Loop): void {
    const moving = header.params.filter((param) => this.#counted.has(param.value)).slice(0, mostRelated);
    for (const a of moving) {
      for (const b of moving) {
        const [fast, slow] = [this.#steps.get(b.value), this.#steps.get(a.value)];
        if (a === b || !fast || !slow || fast.reset || slow.reset || slow.high > fast.low) continue;
        const [first, second] = [this.#initial(a, header, loop), this.#initial(b, header, loop)];
        if (!first || !second) continue;
        this.relations.push({ block: header.id, a: a.value, b: b.value, most: first.smax - second.smin });
      }
    }
  }

  /** Where counting gives no bound, or not to everything that the loop changes. */
  #isSimulated(header: Block, counted: bigint | undefined): boolean {
    if (counted === undefined) return true;
    const isOpen = header.params.some((param) => param.type === "i64" && isUncounted(this.#steps.get(param.value)));
    return isOpen && counted > 0n && counted <= mostSimulated;
  }

  #simulate(header: Block, loop: Loop, most: bigint | undefined): Simulated | undefined {
    const initial = header.params.map((param) => [param.value, this.#initial(param, header, loop) ?? full] as const);
    return simulateLoop(loop, new Map(initial), most, this.#around);
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
    return this.#movements.unite(
      latches.map((edge) => ({
        value: edge.args[index] ?? -1,
        range: this.#ranges.onEdge(edge.args[index] ?? -1, edge),
      })),
      param.value,
      loop,
    );
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
    const halved =
      this.#bisect(op, left, right, loop, header) ?? this.#bisect(swapCompare(op), right, left, loop, header);
    if (halved !== undefined) return halved;
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
      const cleared = this.#tripsOfClearing(op, value, limit, param, header, loop);
      if (cleared !== undefined) return cleared;
      const step = this.#steps.get(param.value);
      const ahead = this.#movements.movement(value, this.#ranges.at(value, block), param.value, loop);
      if (!step || step.reset || !ahead || ahead.reset) continue;
      const start = signed(initial.smin + ahead.low, initial.smax + ahead.high);
      const trips = countTrips(op, start, step, this.#ranges.at(limit, block), this.#isOutside(limit, loop));
      if (trips !== undefined) return trips;
    }
    return undefined;
  }

  #tripsOfClearing(
    op: CompareOp,
    value: ValueId,
    limit: ValueId,
    param: Param,
    header: Block,
    loop: Loop,
  ): bigint | undefined {
    if (this.#around.knowledge === "kernel") return undefined;
    const index = header.params.indexOf(param);
    const next = this.#latches(loop).map((edge) => edge.args[index] ?? -1);
    const inst = (one: ValueId): Inst | undefined => this.#definitions.get(one)?.inst;
    return turnsOfClearing(op, value, singleValue(this.#ranges.of(limit)), param.value, next, inst);
  }

  /** A search that halves what lies between two parameters of the header, which are clamped with it. */
  #bisect(op: CompareOp, lo: ValueId, hi: ValueId, loop: Loop, header: Block): bigint | undefined {
    if (this.#around.knowledge === "kernel") return undefined;
    const [low, high] = [lo, hi].map((value) => header.params.find((param) => param.value === value));
    if (!low || !high) return undefined;
    const [first, last] = [this.#initial(low, header, loop), this.#initial(high, header, loop)];
    if (!first || !last) return undefined;
    const [a, b] = [header.params.indexOf(low), header.params.indexOf(high)];
    const next = this.#latches(loop).map(({ args }) => [args[a] ?? -1, args[b] ?? -1] as const);
    const found: Bisected | undefined = bisect(op, { lo, hi, first, last }, next, {
      definition: (value) => this.#definitions.get(value)?.inst,
      place: (value) => {
        const place = this.#params.get(value);
        return place && place.block !== header && loop.blocks.has(place.block.id) ? place : undefined;
      },
      incoming: (block) => this.#ranges.incoming(block),
    });
    if (!found) return undefined;
    this.#halved.set(lo, found.lo);
    this.#halved.set(hi, found.hi);
    return found.trips;
  }

  #isOutside(value: ValueId, loop: Loop): boolean {
    const definition = this.#definitions.get(value);
    if (definition) return definition.inst.op === "const" || !loop.blocks.has(definition.block);
    const place = this.#params.get(value);
    return place !== undefined && !loop.blocks.has(place.block.id);
  }

  #clamp(param: Param, header: Block, loop: Loop, trips: bigint): void {
    const step = this.#steps.get(param.value);
    const initial = this.#initial(param, header, loop);
    if (!step || !initial) return;
    const start = join(initial, step.reset) ?? initial;
    const low = start.smin + trips * least(step.low);
    const high = start.smax + trips * most(step.high);
    if (low <= -far || high >= far) return;
    this.clamps.set(param.value, signed(low, high));
    this.#counted.add(param.value);
  }
}

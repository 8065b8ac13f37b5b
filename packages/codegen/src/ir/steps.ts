// How values move from a loop's header on: through sums, and through the parameters of blocks and of inner loops that are
// bounded already. Takes ranges; gives distances from a header's parameter (movement.ts).
import type { Block, BlockId, Inst, ValueId } from "./function.ts";
import type { Interval } from "./interval.ts";
import type { Loop } from "./loops.ts";
import { least, type Movement, most, moved, negated, unite } from "./movement.ts";
import type { Ranges } from "./ranges.ts";

/** A value where it arrives. */
interface Arriving {
  readonly value: ValueId;
  readonly range: Interval;
}

/** What is known of the function, and of the loops that are done. */
export interface Known {
  readonly ranges: Ranges;
  readonly definitions: ReadonlyMap<ValueId, { readonly inst: Inst; readonly block: BlockId }>;
  readonly params: ReadonlyMap<ValueId, { readonly block: Block; readonly index: number }>;
  readonly loops: ReadonlyMap<BlockId, Loop>;
  /** Movements of header parameters. */
  readonly steps: ReadonlyMap<ValueId, Movement | undefined>;
  readonly trips: ReadonlyMap<BlockId, bigint>;
}

/** Finds movements. */
export class Movements {
  readonly #known: Known;

  constructor(known: Known) {
    this.#known = known;
  }

  /** The movement of any of some values. */
  unite(
    values: readonly Arriving[],
    param: ValueId,
    loop: Loop,
    known: Map<ValueId, Movement | undefined> = new Map(),
  ): Movement | undefined {
    let all: Movement | undefined;
    for (const { value, range } of values) {
      const one = this.movement(value, range, param, loop, known);
      if (!one) return undefined;
      all = all ? unite(all, one) : one;
    }
    return all;
  }

  /** How far a value is from the parameter. */
  movement(
    value: ValueId,
    range: Interval,
    param: ValueId,
    loop: Loop,
    known: Map<ValueId, Movement | undefined> = new Map(),
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
    const definition = this.#known.definitions.get(value);
    if (definition) {
      if (!loop.blocks.has(definition.block)) return fresh;
      return this.#through(definition.inst, definition.block, param, loop, known) ?? fresh;
    }
    const place = this.#known.params.get(value);
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
    const ranges = [this.#known.ranges.at(left, block), this.#known.ranges.at(right, block)] as const;
    const a = this.movement(left, ranges[0], param, loop, known);
    if (a && a.low <= a.high) return moved(a, inst.op === "add64" ? ranges[1] : negated(ranges[1]));
    if (inst.op === "sub64") return undefined;
    const b = this.movement(right, ranges[1], param, loop, known);
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
    const inner = this.#known.loops.get(block.id);
    const edges = this.#known.ranges.incoming(block.id).filter((edge) => {
      const isBack = inner?.blocks.has(edge.from.id) ?? false;
      return !isBack && this.#known.ranges.isFeasible(edge.from.id, edge.index);
    });
    const before = this.unite(
      edges.map((edge) => ({
        value: edge.args[index] ?? -1,
        range: this.#known.ranges.onEdge(edge.args[index] ?? -1, edge),
      })),
      param,
      loop,
      known,
    );
    if (!inner || !before) return before;
    const step = this.#known.steps.get(value);
    const trips = this.#known.trips.get(block.id);
    if (!step || step.reset || trips === undefined || before.reset) return undefined;
    return { low: before.low + trips * least(step.low), high: before.high + trips * most(step.high), reset: undefined };
  }
}

// Live intervals: where in the linear order of the function each register holds a value that is still read.
// Instruction i reads at position 2i and writes at 2i+1, so a value that dies in an instruction and one that is born in
// it do not overlap. Segments are half-open, sorted and disjoint; between them the register is free.
import type { BlockId } from "../../ir/function.ts";
import { frequencies } from "../flow.ts";
import { type MirBlock, type Register, readsOf, readsOfEnd, writesOf } from "../mir.ts";
import { findLiveness } from "./liveness.ts";

/** Positions from…to-1. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

/** Where one register is live, and how often it is read and written there. */
export interface Interval {
  readonly register: Register;
  readonly segments: readonly Segment[];
  /** Estimated number of reads and writes per run. */
  readonly accesses: number;
}

/** Number of positions that the interval covers. */
export function lengthOf(interval: Interval): number {
  return interval.segments.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** True when both cover some position. */
export function overlap(left: readonly Segment[], right: readonly Segment[]): boolean {
  for (let i = 0, j = 0; ; ) {
    const a = left[i];
    const b = right[j];
    if (!a || !b) return false;
    if (a.to <= b.from) i++;
    else if (b.to <= a.from) j++;
    else return true;
  }
}

/** All positions of both; adjacent segments become one. */
export function united(left: readonly Segment[], right: readonly Segment[]): readonly Segment[] {
  const result: Segment[] = [];
  for (const next of [...left, ...right].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && next.from <= last.to) result[result.length - 1] = { from: last.from, to: Math.max(last.to, next.to) };
    else result.push(next);
  }
  return result;
}

class Builder {
  private readonly segments = new Map<Register, Segment[]>();
  private readonly accesses = new Map<Register, number>();
  private readonly open = new Map<Register, number>();

  /** Walks one block backwards; `first` is the number of its first instruction. */
  block(block: MirBlock, first: number, liveAfter: ReadonlySet<Register>, frequency: number): void {
    const last = first + block.insts.length;
    for (const register of liveAfter) this.open.set(register, 2 * last + 2);
    for (const register of readsOfEnd(block.end)) this.read(register, last, frequency);
    block.insts.toReversed().forEach((inst, index) => {
      const number = last - 1 - index;
      for (const register of writesOf(inst)) this.write(register, number, frequency);
      for (const register of readsOf(inst)) this.read(register, number, frequency);
    });
    for (const [register, to] of this.open) this.add(register, 2 * first, to);
    this.open.clear();
  }

  intervals(): ReadonlyMap<Register, Interval> {
    return new Map(
      [...this.segments].map(([register, segments]) => [
        register,
        { register, segments: united(segments, []), accesses: this.accesses.get(register) ?? 0 },
      ]),
    );
  }

  private count(register: Register, frequency: number): void {
    this.accesses.set(register, (this.accesses.get(register) ?? 0) + frequency);
  }

  private read(register: Register, number: number, frequency: number): void {
    this.count(register, frequency);
    if (!this.open.has(register)) this.open.set(register, 2 * number + 1);
  }

  private write(register: Register, number: number, frequency: number): void {
    this.count(register, frequency);
    this.add(register, 2 * number + 1, this.open.get(register) ?? 2 * number + 2);
    this.open.delete(register);
  }

  private add(register: Register, from: number, to: number): void {
    const known = this.segments.get(register);
    if (known) known.push({ from, to });
    else this.segments.set(register, [{ from, to }]);
  }
}

/** The intervals of every register, virtual and physical. */
export function findIntervals(blocks: readonly MirBlock[]): ReadonlyMap<Register, Interval> {
  const { after } = findLiveness(blocks);
  const frequency = frequencies(blocks);
  const builder = new Builder();
  let first = 0;
  for (const block of blocks) {
    builder.block(block, first, after.get(block.id) ?? new Set(), frequency.get(block.id) ?? 1);
    first += block.insts.length + 1;
  }
  return builder.intervals();
}

/** The estimated runs of the block that an instruction stands in, by instruction. */
export function frequencyOf(blocks: readonly MirBlock[]): (block: BlockId) => number {
  const frequency = frequencies(blocks);
  return (block) => frequency.get(block) ?? 1;
}

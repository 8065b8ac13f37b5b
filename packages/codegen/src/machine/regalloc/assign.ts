// Gives registers to intervals. Long intervals choose first; one that finds every register taken drives out intervals
// that cost less to spill, or is refused itself. Takes intervals with weights (infinite: may not be spilled); ensures that
// intervals with the same register do not overlap, nor the fixed uses of it by calls and exits.
import type { Register } from "../mir.ts";
import { type Interval, lengthOf, overlap, type Segment } from "./intervals.ts";

/** An interval that wants a register. */
export interface Candidate {
  readonly interval: Interval;
  /** Cost of spilling it per position; infinite for what must have a register. */
  readonly weight: number;
}

/** A copy between two registers: giving both the same one saves `weight`. */
export interface Affinity {
  readonly left: Register;
  readonly right: Register;
  readonly weight: number;
}

export interface Assignment {
  readonly registers: ReadonlyMap<Register, Register>;
  /** Candidates that found no register. */
  readonly refused: readonly Register[];
}

interface Taken extends Segment {
  /** Undefined where the instruction set itself takes the register. */
  readonly owner: Candidate | undefined;
}

/** What a physical register is taken for, sorted by position. */
class Occupancy {
  private taken: Taken[] = [];

  add(segments: readonly Segment[], owner: Candidate | undefined): void {
    const added = segments.map(({ from, to }) => ({ from, to, owner }));
    this.taken = [...this.taken, ...added].sort((a, b) => a.from - b.from);
  }

  remove(owner: Candidate): void {
    this.taken = this.taken.filter((one) => one.owner !== owner);
  }

  /** Owners of overlapping intervals; "fixed" where there is one that cannot go. */
  conflicts(segments: readonly Segment[]): ReadonlySet<Candidate> | "fixed" {
    const found = new Set<Candidate>();
    for (const segment of segments) {
      for (let index = this.firstAfter(segment.from); index < this.taken.length; index++) {
        const one = this.taken[index];
        if (!one || one.from >= segment.to) break;
        if (!one.owner) return "fixed";
        found.add(one.owner);
      }
    }
    return found;
  }

  /** Index of the first entry that ends behind the position. */
  private firstAfter(position: number): number {
    let low = 0;
    let high = this.taken.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const one = this.taken[middle];
      if (one && one.to <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** An interval that would like a machine register, because it is copied to or from it. */
interface Wish {
  readonly interval: Interval;
  readonly weight: number;
}

class Assigner {
  private readonly order: readonly Register[];
  private readonly occupancy: ReadonlyMap<Register, Occupancy>;
  private readonly affinities = new Map<Register, Affinity[]>();
  /** By machine register. */
  private readonly wishes = new Map<Register, Wish[]>();
  readonly registers = new Map<Register, Register>();
  readonly refused: Register[] = [];

  constructor(
    order: readonly Register[],
    fixed: ReadonlyMap<Register, readonly Segment[]>,
    affinities: readonly Affinity[],
    intervals: ReadonlyMap<Register, Interval>,
  ) {
    this.order = order;
    this.occupancy = new Map(
      order.map((register) => {
        const occupancy = new Occupancy();
        occupancy.add(fixed.get(register) ?? [], undefined);
        return [register, occupancy];
      }),
    );
    for (const affinity of affinities)
      for (const register of [affinity.left, affinity.right]) {
        const known = this.affinities.get(register);
        if (known) known.push(affinity);
        else this.affinities.set(register, [affinity]);
      }
    for (const { left, right, weight } of affinities)
      for (const [one, other] of [
        [left, right],
        [right, left],
      ] as const) {
        const interval = this.occupancy.has(one) ? intervals.get(other) : undefined;
        if (interval) this.wishes.set(one, [...(this.wishes.get(one) ?? []), { interval, weight }]);
      }
  }

  /** Places the candidate; gives those that it drove out. */
  place(candidate: Candidate): readonly Candidate[] {
    const { segments, register } = candidate.interval;
    const conflicts = new Map(this.order.map((one) => [one, this.occupied(one).conflicts(segments)]));
    const free = this.order.filter((one) => {
      const found = conflicts.get(one);
      return found !== undefined && found !== "fixed" && found.size === 0;
    });
    const chosen = this.preferred(candidate.interval, free);
    if (chosen !== undefined) {
      this.take(candidate, chosen);
      return [];
    }
    const cheapest = this.cheapest(candidate, conflicts);
    if (!cheapest) {
      this.refused.push(register);
      return [];
    }
    for (const victim of cheapest.victims) this.release(victim, cheapest.register);
    this.take(candidate, cheapest.register);
    return cheapest.victims;
  }

  private occupied(register: Register): Occupancy {
    const occupancy = this.occupancy.get(register);
    if (!occupancy) throw new Error(`regalloc: r${register} is not allocatable`);
    return occupancy;
  }

  private take(candidate: Candidate, register: Register): void {
    this.occupied(register).add(candidate.interval.segments, candidate);
    this.registers.set(candidate.interval.register, register);
  }

  private release(candidate: Candidate, register: Register): void {
    this.occupied(register).remove(candidate);
    this.registers.delete(candidate.interval.register);
  }

  /** The free register that makes most copies unnecessary, now or later; the earliest in the order among equals. */
  private preferred({ register, segments }: Interval, free: readonly Register[]): Register | undefined {
    const gain = new Map<Register, number>();
    for (const { left, right, weight } of this.affinities.get(register) ?? []) {
      const other = left === register ? right : left;
      const place = this.registers.get(other) ?? other;
      gain.set(place, (gain.get(place) ?? 0) + weight);
    }
    let best: { readonly register: Register; readonly gain: number } | undefined;
    for (const one of free) {
      let net = gain.get(one) ?? 0;
      for (const { interval, weight } of this.wishes.get(one) ?? [])
        if (
          interval.register !== register &&
          !this.registers.has(interval.register) &&
          overlap(interval.segments, segments)
        )
          net -= weight;
      if (!best || net > best.gain) best = { register: one, gain: net };
    }
    return best?.register;
  }

  /** The register whose owners are all lighter than the candidate, and lightest together. */
  private cheapest(
    candidate: Candidate,
    conflicts: ReadonlyMap<Register, ReadonlySet<Candidate> | "fixed">,
  ): { readonly register: Register; readonly victims: readonly Candidate[] } | undefined {
    let best:
      | { readonly register: Register; readonly victims: readonly Candidate[]; readonly cost: number }
      | undefined;
    for (const [register, found] of conflicts) {
      if (found === "fixed") continue;
      const victims = [...found];
      const heaviest = Math.max(...victims.map((victim) => victim.weight));
      if (heaviest >= candidate.weight) continue;
      if (!best || heaviest < best.cost) best = { register, victims, cost: heaviest };
    }
    return best;
  }
}

/**
 * Assigns the registers of `order` (most welcome first). `fixed` is where the instruction set itself uses a register.
 * Ends because each driving out replaces intervals by a heavier one.
 */
export function assign(
  candidates: readonly Candidate[],
  order: readonly Register[],
  fixed: ReadonlyMap<Register, readonly Segment[]>,
  affinities: readonly Affinity[],
): Assignment {
  const intervals = new Map(candidates.map(({ interval }) => [interval.register, interval]));
  const assigner = new Assigner(order, fixed, affinities, intervals);
  const queue = candidates
    .map((candidate) => ({ candidate, length: lengthOf(candidate.interval) }))
    .sort((a, b) => a.length - b.length || b.candidate.interval.register - a.candidate.interval.register)
    .map(({ candidate }) => candidate);
  for (let candidate = queue.pop(); candidate; candidate = queue.pop()) queue.push(...assigner.place(candidate));
  return { registers: assigner.registers, refused: assigner.refused };
}

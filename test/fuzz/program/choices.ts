// Where a generator's decisions come from: a tape of random numbers that fast-check draws. Past its end every decision is
// the first one, which in every table is the simplest, so that each program ends.

/** Decisions, one number of the tape for each. */
export class Choices {
  readonly #tape: readonly number[];
  #at = 0;

  constructor(tape: readonly number[]) {
    this.#tape = tape;
  }

  /** Whether the tape is at its end. */
  get exhausted(): boolean {
    return this.#at >= this.#tape.length;
  }

  /** 0…below-1. */
  pick(below: number): number {
    const drawn = this.#tape[this.#at++] ?? 0;
    return drawn % below;
  }

  /** One of the items. */
  of<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    const item = items[this.pick(items.length)];
    if (item === undefined) throw new Error("fuzz: nothing to pick from");
    return item;
  }

  /** True in so many of a hundred cases; false at the end of the tape. */
  chance(percent: number): boolean {
    return this.pick(100) >= 100 - percent;
  }

  /** Some of the items in their order; none at the end of the tape. */
  some<T>(items: readonly T[], percent: number): T[] {
    return items.filter(() => this.chance(percent));
  }

  /** An item by weight. */
  weighted<T extends { readonly weight: number }>(rows: readonly T[]): T {
    const total = rows.reduce((sum, { weight }) => sum + weight, 0);
    let left = this.pick(total);
    for (const row of rows) {
      left -= row.weight;
      if (left < 0) return row;
    }
    throw new Error("fuzz: no rows");
  }
}

// Sets of 64-bit values as a signed and an unsigned interval, both at once: a value lies in both. Empty sets are
// `undefined`. Every operation gives a superset of what is possible.

/** smin ≤ x ≤ smax as a signed, umin ≤ x ≤ umax as an unsigned 64-bit integer; never empty. */
export interface Interval {
  readonly smin: bigint;
  readonly smax: bigint;
  readonly umin: bigint;
  readonly umax: bigint;
}

export const signedMin = -(1n << 63n);
export const signedMax = (1n << 63n) - 1n;
export const unsignedMax = (1n << 64n) - 1n;

/** Any value. */
export const full: Interval = { smin: signedMin, smax: signedMax, umin: 0n, umax: unsignedMax };

/** The greater of two; Math.max takes no bigints. */
export function greater(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

/** The smaller of two. */
export function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

/** Lets each interval learn from the other; undefined when no value is left. */
function settle(smin: bigint, smax: bigint, umin: bigint, umax: bigint): Interval | undefined {
  let [slow, shigh, ulow, uhigh] = [smin, smax, umin, umax];
  if (slow >= 0n || uhigh <= signedMax) {
    ulow = greater(ulow, greater(slow, 0n));
    uhigh = smaller(uhigh, shigh);
    slow = ulow;
    shigh = uhigh;
  } else if (shigh < 0n || ulow > signedMax) {
    const offset = 1n << 64n;
    ulow = greater(ulow, slow + offset);
    uhigh = smaller(uhigh, smaller(shigh, -1n) + offset);
    slow = ulow - offset;
    shigh = uhigh - offset;
  }
  return slow > shigh || ulow > uhigh ? undefined : { smin: slow, smax: shigh, umin: ulow, umax: uhigh };
}

/** Values between two signed bounds; everything when a bound does not fit in 64 bits, since the result has wrapped. */
export function signed(min: bigint, max: bigint): Interval {
  if (min < signedMin || max > signedMax) return full;
  return settle(min, max, 0n, unsignedMax) ?? full;
}

/** Values between two unsigned bounds; everything when a bound does not fit in 64 bits. */
export function unsigned(min: bigint, max: bigint): Interval {
  if (min < 0n || max > unsignedMax) return full;
  return settle(signedMin, signedMax, min, max) ?? full;
}

/** One value, given as unsigned. */
export function exactly(value: bigint): Interval {
  return unsigned(value, value);
}

/** The only value, unsigned, if there is just one. */
export function singleValue(interval: Interval): bigint | undefined {
  return interval.umin === interval.umax ? interval.umin : undefined;
}

/** Values of both. */
export function meet(a: Interval, b: Interval): Interval | undefined {
  if (a === full) return b;
  if (b === full) return a;
  return settle(greater(a.smin, b.smin), smaller(a.smax, b.smax), greater(a.umin, b.umin), smaller(a.umax, b.umax));
}

/** Values of either. */
export function join(a: Interval | undefined, b: Interval | undefined): Interval | undefined {
  if (!a || !b) return a ?? b;
  return {
    smin: smaller(a.smin, b.smin),
    smax: greater(a.smax, b.smax),
    umin: smaller(a.umin, b.umin),
    umax: greater(a.umax, b.umax),
  };
}

export function equal(a: Interval | undefined, b: Interval | undefined): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  return a.smin === b.smin && a.smax === b.smax && a.umin === b.umin && a.umax === b.umax;
}

/** `b` with each bound that left `a` moved out to the next of the ascending thresholds, so that growth ends. */
export function widen(a: Interval, b: Interval, thresholds: readonly bigint[]): Interval {
  const above = (value: bigint, last: bigint): bigint => thresholds.find((one) => one >= value) ?? last;
  const below = (value: bigint, last: bigint): bigint => thresholds.findLast((one) => one <= value) ?? last;
  const wide = settle(
    b.smin < a.smin ? below(b.smin, signedMin) : a.smin,
    b.smax > a.smax ? above(b.smax, signedMax) : a.smax,
    b.umin < a.umin ? greater(below(b.umin, 0n), 0n) : a.umin,
    b.umax > a.umax ? smaller(above(b.umax, unsignedMax), unsignedMax) : a.umax,
  );
  return wide ?? full;
}

/** Bits that hold every value of the interval: unsigned where none is negative, else with a sign bit. */
export function bitsNeeded(interval: Interval): number {
  if (interval.smin >= 0n) return interval.smax === 0n ? 1 : interval.smax.toString(2).length;
  const negative = -interval.smin - 1n;
  const top = greater(negative, interval.smax);
  return top <= 0n ? 1 : top.toString(2).length + 1;
}

// Counting: how a value moves in one iteration of a loop, and how often a test of it can hold. Pure arithmetic on bounds;
// which values and tests these are, trips.ts finds.
import { greater, type Interval, join, signed, signedMax, signedMin, smaller } from "./interval.ts";
import { type CompareName, type CompareOp, splitOp } from "./ops.ts";

/** How far a value is from a header's parameter, and what it may be instead. */
export interface Movement {
  readonly low: bigint;
  readonly high: bigint;
  /** Values that do not depend on the parameter: the loop sets them anew. */
  readonly reset: Interval | undefined;
}

/** Bounds beyond this are of no use, and could wrap. */
export const far = 1n << 62n;

/** A lower bound, or 0 where it is above. */
export function least(low: bigint): bigint {
  return smaller(low, 0n);
}

/** An upper bound, or 0 where it is below. */
export function most(high: bigint): bigint {
  return greater(high, 0n);
}

/** Either movement. */
export function unite(a: Movement, b: Movement): Movement {
  const reset = join(a.reset, b.reset);
  // A movement of nothing but fresh values has no distance (low > high).
  if (a.low > a.high) return { ...b, reset };
  if (b.low > b.high) return { ...a, reset };
  return { low: smaller(a.low, b.low), high: greater(a.high, b.high), reset };
}

/** A movement and then a value added; undefined when that may be too far. */
export function moved(from: Movement, by: Interval): Movement | undefined {
  if (by.smin < -far || by.smax > far) return undefined;
  const { reset } = from;
  if (reset && (reset.smin < -far || reset.smax > far)) return undefined;
  return {
    low: from.low + by.smin,
    high: from.high + by.smax,
    reset: reset && signed(reset.smin + by.smin, reset.smax + by.smax),
  };
}

/** The interval of the negative values. */
export function negated(by: Interval): Interval {
  return by.smin === signedMin ? { ...by, smin: signedMin, smax: signedMax } : signed(-by.smax, -by.smin);
}

/** How often `value op limit` can hold when the value begins in `start` and moves by `step` after each time. */
export function countTrips(
  op: CompareOp,
  start: Interval,
  step: Movement,
  limit: Interval,
  isFixed: boolean,
): bigint | undefined {
  const { name, width } = splitOp<CompareName>(op);
  if (width === 32) return undefined;
  const isUnsigned = name.startsWith("u");
  if (isUnsigned && (limit.umax > signedMax || start.smin < 0n || (step.low < 0n && name !== "ugt" && name !== "uge")))
    return undefined;
  if (name === "ne") return isFixed ? meets(start, step, limit) : undefined;
  const kind = name.slice(1);
  if (step.low >= 1n && (kind === "lt" || kind === "le")) {
    const last = kind === "lt" ? limit.smax - 1n : limit.smax;
    return last + step.high > signedMax ? undefined : steps(last - start.smin, step.low);
  }
  if (step.high <= -1n && (kind === "gt" || kind === "ge") && !isUnsigned) {
    const last = kind === "gt" ? limit.smin + 1n : limit.smin;
    return last + step.low < signedMin ? undefined : steps(start.smax - last, -step.high);
  }
  return undefined;
}

/** Values at most `distance` behind the last one that holds, `step` apart. */
function steps(distance: bigint, step: bigint): bigint {
  return distance < 0n ? 0n : distance / step + 1n;
}

/** `!==` ends where the value meets the limit exactly: steps of one, from the right side. */
function meets(start: Interval, step: Movement, limit: Interval): bigint | undefined {
  if (step.low !== step.high) return undefined;
  if (step.low === 1n && start.smax <= limit.smin) return limit.smax - start.smin;
  if (step.low === -1n && start.smin >= limit.smax) return start.smax - limit.smin;
  return undefined;
}

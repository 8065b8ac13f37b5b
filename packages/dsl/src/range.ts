// Counting: `for (const i of range(n))`.

/** The integers from 0 up to `end`, which is not among them. */
export function range(end: number): IterableIterator<number>;
/** The integers from `start` in steps of `step` (1 where it is left out) up to `end`, or down to it, which is not among them. */
export function range(start: number, end: number, step?: number): IterableIterator<number>;
export function range(first: number, second?: number, step = 1): IterableIterator<number> {
  if (step === 0) throw new RangeError("A range goes in steps of at least one");
  return second === undefined ? count(0, first, step) : count(first, second, step);
}

function* count(start: number, end: number, step: number): Generator<number> {
  for (let index = start; step > 0 ? index < end : index > end; index += step) yield index;
}

// Functions that are given functions: a wish for the compiler that changes nothing, and loops of the kernel.

/**
 * The same function, which the compiler keeps as a BPF function of its own and does not inline:
 * `export const parse = noinline((packet: Packet) => …)`. The tag `@noinline` in a function's comment does the same.
 */
export function noinline<F extends (...args: never[]) => unknown>(fn: F): F {
  return fn;
}

/** The most iterations of one `loop`: BPF_MAX_LOOPS of the kernel. */
const MAX_LOOPS = 1 << 23;

/**
 * Calls `body` with 0, 1, 2, …, `count` times or until it returns `false`; gives how often. For loops of more iterations than
 * the kernel's verifier would follow one by one: up to 8,388,608 (Linux 5.17).
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a body may return nothing at all
export function loop(count: number, body: (index: number) => boolean | void): number {
  if (!Number.isInteger(count) || count < 0 || count > MAX_LOOPS) {
    throw new RangeError(`The count of a loop must be an integer from 0 to ${MAX_LOOPS}, not ${count}`);
  }
  for (let index = 0; index < count; index++) if (body(index) === false) return index + 1;
  return count;
}

// Wishes about functions, which change nothing of what they do.

/**
 * The same function, which the compiler keeps as a BPF function of its own and does not inline:
 * `export const parse = noinline((packet: Packet) => …)`. The tag `@noinline` in a function's comment does the same.
 */
export function noinline<F extends (...args: never[]) => unknown>(fn: F): F {
  return fn;
}

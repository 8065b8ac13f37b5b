// The helpers that the suites' cases call: those of the uBPF test harness, by number.
import type { RawHelper } from "@typebpf/loader/simulator";

function squareRoot(value: bigint): bigint {
  let root = BigInt(Math.floor(Math.sqrt(Number(value))));
  while (root * root > value) root -= 1n;
  while ((root + 1n) * (root + 1n) <= value) root += 1n;
  return root;
}

const gatherBytes: RawHelper = ({ args }) => args.reduce((all, one) => (all << 8n) | (one & 0xffn), 0n);

/** Flips bits of `n` bytes at `p`. */
const frobnicate: RawHelper = ({ args: [p, n], memory }) => {
  const bytes = memory(p, Number(n));
  bytes.forEach((byte, index) => {
    bytes[index] = byte ^ 42;
  });
  return 0n;
};

const compareStrings: RawHelper = ({ args: [a, b], memory }) => {
  for (let index = 0n; ; index += 1n) {
    const left = memory(a + index, 1)[0] ?? 0;
    const right = memory(b + index, 1)[0] ?? 0;
    if (left !== right) return BigInt.asUintN(64, BigInt(left - right));
    if (left === 0) return 0n;
  }
};

/** Ends the program at once when its argument is 0. */
const unwind: RawHelper = ({ args: [value] }) => (value === 0n ? { end: 0n } : value);

/** Helpers of the conformance suites by number. */
export const suiteHelpers: ReadonlyMap<number, RawHelper> = new Map([
  [0, gatherBytes],
  [1, frobnicate],
  [2, () => 0n],
  [3, ({ args: [value] }) => squareRoot(value)],
  [4, compareStrings],
  [5, unwind],
]);

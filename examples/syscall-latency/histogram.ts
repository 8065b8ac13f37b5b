// A histogram of powers of two as lines with bars.

/** Lines from the first to the last bucket that has something; bucket n counts from 2^n to 2^(n+1) - 1. */
export function histogramLines(counts: readonly bigint[], unit: string, width = 40): readonly string[] {
  const used = counts.flatMap((count, bucket) => (count > 0n ? [bucket] : []));
  const [first = 0, last = -1] = [used[0], used.at(-1)];
  const [most = 1n] = counts.filter((count) => count > 0n).sort((left, right) => (left < right ? 1 : -1));
  return counts.slice(first, last + 1).map((count, index) => {
    const from = 2n ** BigInt(first + index);
    const bar = "#".repeat(Number((count * BigInt(width) + most - 1n) / most));
    return `${`${from}`.padStart(14)} ${unit} ${`${count}`.padStart(8)} ${bar}`.trimEnd();
  });
}

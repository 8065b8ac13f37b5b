// The symbol at or before an address, among many that are sorted by address.

/** A symbol by address. */
export interface Placed {
  readonly name: string;
  readonly address: bigint;
  /** In bytes; 0 where it is not known. */
  readonly size: number;
}

/** The last symbol that begins at or before the address and, where its size is known, still goes on there. */
export function findSymbol<T extends Placed>(sorted: readonly T[], address: bigint): T | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = sorted[middle];
    if (one !== undefined && one.address <= address) low = middle + 1;
    else high = middle;
  }
  const found = sorted[low - 1];
  if (!found || (found.size > 0 && address >= found.address + BigInt(found.size))) return undefined;
  return found;
}

// Internet checksums as the kernel computes them: sums of words with end-around carry (include/net/checksum.h), on words as
// they lie in memory.

/** csum_add: both operands are unsigned 32-bit. */
export function addChecksums(a: number, b: number): number {
  const sum = a + b;
  return sum > 0xffff_ffff ? (sum + 1) >>> 0 : sum;
}

/** csum_fold: 32 bits to 16, complemented. */
export function foldChecksum(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16);
  return ~((once & 0xffff) + (once >>> 16)) & 0xffff;
}

/** csum_replace_by_diff: a checksum field after what it covers changed by a difference. */
export function applyDifference(field: number, difference: number): number {
  return foldChecksum(addChecksums(difference, ~field >>> 0));
}

/** csum_replace4: a checksum field after 32 bits that it covers changed. */
export function replaceWord(field: number, from: number, to: number): number {
  const without = addChecksums(~field >>> 0, ~from >>> 0);
  return foldChecksum(addChecksums(without, to));
}

/** csum_replace2: a checksum field after 16 bits that it covers changed. */
export function replaceHalf(field: number, from: number, to: number): number {
  const add = (a: number, b: number): number => {
    const sum = (a + b) & 0xffff;
    return sum < b ? (sum + 1) & 0xffff : sum;
  };
  return ~add(add(~field & 0xffff, ~from & 0xffff), to) & 0xffff;
}

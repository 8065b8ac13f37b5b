// 64-bit integers as two signed 32-bit halves: what the interpreter computes with, since bigints are slow. Registers
// lie in one Int32Array, lower half first. Everything wraps modulo 2^64; division follows RFC 9669 section 4.1.

/** Index of the lower half of a register; the upper half follows. */
export function halfOf(register: number): number {
  return register * 2;
}

/** One half. Indices come from decoded instructions and are always in range. */
export function half(words: Int32Array, index: number): number {
  return words[index] as number;
}

/** The 64-bit unsigned value of two halves. */
export function toBigInt(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** Writes a value, taken modulo 2^64. */
export function writeBigInt(words: Int32Array, index: number, value: bigint): void {
  words[index] = Number(BigInt.asIntN(32, value));
  words[index + 1] = Number(BigInt.asIntN(32, value >> 32n));
}

/** Writes a whole number of less than 2^53 in magnitude. */
export function writeNumber(words: Int32Array, index: number, value: number): void {
  words[index] = value | 0;
  words[index + 1] = Math.floor(value / 0x1_0000_0000) | 0;
}

/** Upper 32 bits of the product of two unsigned 32-bit numbers. */
export function multiplyHigh(a: number, b: number): number {
  const [aLow, aHigh] = [a & 0xffff, a >>> 16];
  const [bLow, bHigh] = [b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x1_0000) + Math.floor(cross / 0x1_0000)) | 0;
}

/** a < b, unsigned. */
export function below(aLow: number, aHigh: number, bLow: number, bHigh: number): boolean {
  return aHigh === bHigh ? aLow >>> 0 < bLow >>> 0 : aHigh >>> 0 < bHigh >>> 0;
}

/** a < b, signed. */
export function less(aLow: number, aHigh: number, bLow: number, bHigh: number): boolean {
  return aHigh === bHigh ? aLow >>> 0 < bLow >>> 0 : aHigh < bHigh;
}

/** The four bytes of a half in reverse order. */
export function swapHalf(value: number): number {
  return ((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}

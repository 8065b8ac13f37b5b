// Copies of global data that programs may change meanwhile: in the widest aligned pieces, so that a whole integer is
// read and written at once, as a program's own load or store is.

/** Copies as many bytes as both have; gives the target. */
export function copyScalars(source: Uint8Array, target: Uint8Array): Uint8Array {
  const length = Math.min(source.length, target.length);
  const width = [8, 4, 2].find(
    (size) => length % size === 0 && source.byteOffset % size === 0 && target.byteOffset % size === 0,
  );
  const parts = length / (width ?? 1);
  if (width === 8) {
    new BigUint64Array(target.buffer, target.byteOffset, parts).set(
      new BigUint64Array(source.buffer, source.byteOffset, parts),
    );
  } else if (width === 4) {
    new Uint32Array(target.buffer, target.byteOffset, parts).set(
      new Uint32Array(source.buffer, source.byteOffset, parts),
    );
  } else if (width === 2) {
    new Uint16Array(target.buffer, target.byteOffset, parts).set(
      new Uint16Array(source.buffer, source.byteOffset, parts),
    );
  } else target.set(source.subarray(0, length));
  return target;
}

// Addresses of connections as text.

/** An address of 16 bytes: IPv4 ones are mapped. */
export function addressText(bytes: Iterable<number>): string {
  const all = [...bytes];
  const isMapped = all.slice(0, 10).every((byte) => byte === 0) && all[10] === 255 && all[11] === 255;
  if (isMapped) return all.slice(12).join(".");
  const groups = Array.from({ length: 8 }, (_, index) => ((all[index * 2] ?? 0) << 8) | (all[index * 2 + 1] ?? 0));
  // A URL writes an address in its shortest form.
  return new URL(`http://[${groups.map((group) => group.toString(16)).join(":")}]`).hostname.slice(1, -1);
}

/** A text that ends with NUL, or with its array. */
export function text(bytes: Iterable<number>): string {
  return new TextDecoder().decode(Uint8Array.from(bytes)).replace(/\0.*$/s, "");
}

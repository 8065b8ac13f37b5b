// A plain module of constants.
export const PORTS = [53, 80, 443] as const;

export const RULES = [
  { name: "dns", port: 53, weight: 10n, flags: [1, 2] },
  { name: "http", port: 80, weight: 1n << 40n, flags: [3, 4] },
  { name: "https", port: 443, weight: 7n, flags: [5, 6] },
] as const;

export const Level = { Low: 1, High: 3 } as const;

/** The remainder of a byte in the CRC-32 of IEEE 802.3. */
export function crc(byte: number): number {
  let c = byte;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c >>> 0;
}

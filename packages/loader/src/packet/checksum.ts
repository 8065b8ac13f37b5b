// The Internet checksum (RFC 1071) and the pseudo-headers that TCP, UDP and ICMPv6 put before their message (RFC 9293,
// section 3.1; RFC 8200, section 8.1). An odd last byte counts as the high half of a word.
//
//   IPv4:  | saddr 4 | daddr 4 | 0 | protocol | length 2 |      IPv6:  | saddr 16 | daddr 16 | length 4 | 0 0 0 | next |

/** The checksum of parts that follow one another; all but the last have an even number of bytes. */
export function internetChecksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const bytes of parts) {
    for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return 0xffff - sum;
}

/** `addresses` are source and destination as they follow one another in the IP header: 8 or 32 bytes. */
export function pseudoHeader(addresses: Uint8Array, protocol: number, length: number): Uint8Array {
  const bytes = new Uint8Array(addresses.length + (addresses.length === 32 ? 8 : 4));
  const view = new DataView(bytes.buffer);
  bytes.set(addresses);
  if (addresses.length === 32) {
    view.setUint32(32, length);
    bytes[39] = protocol;
  } else {
    bytes[9] = protocol;
    view.setUint16(10, length);
  }
  return bytes;
}

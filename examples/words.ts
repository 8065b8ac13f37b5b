// Addresses as filters hold those of both families: four words, an IPv4 address behind ::ffff:0:0/96 (RFC 4291 section
// 2.5.5.2).
import { ipv4, ipv6 } from "@typebpf/loader";
import { formatIpv4, formatIpv6 } from "@typebpf/loader/packet";

/** The words of an address, the first one first. */
export interface Words {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** The words of an IPv4 or IPv6 address in text. @throws DiagnosticError where the text is none. */
export function wordsOf(text: string): Words {
  if (!text.includes(":")) return { a: 0, b: 0, c: 0xffff, d: ipv4(text) };
  const bytes = ipv6(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { a: view.getUint32(0), b: view.getUint32(4), c: view.getUint32(8), d: view.getUint32(12) };
}

/** The address in text. */
export function textOf({ a, b, c, d }: Words): string {
  if (a === 0 && b === 0 && c === 0xffff) return formatIpv4(d);
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of [a, b, c, d].entries()) view.setUint32(index * 4, word);
  return formatIpv6(bytes);
}

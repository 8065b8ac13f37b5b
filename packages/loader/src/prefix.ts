// Prefixes of network addresses as text, to the keys of prefix tries: "10.0.0.0/8", "2001:db8::/32". Without a length
// the prefix is the whole address. Bits behind the prefix must be zero: "10.0.0.1/8" means either a network or a host.
import { ipv4, ipv6 } from "./address.ts";
import { loaderError } from "./diagnostics.ts";

/** The key of a trie in user space. */
export interface AddressPrefix<Address> {
  /** How many bits of the address count, from its first one on. */
  readonly prefixLength: number;
  readonly address: Address;
}

function refuse(text: string, why: string): never {
  throw loaderError("badText", { message: `${JSON.stringify(text)} is no prefix: ${why}` });
}

function split(text: string, longest: number): readonly [address: string, length: number] {
  const [address = "", length, ...more] = text.split("/");
  if (length === undefined) return [address, longest];
  if (more.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > longest) {
    refuse(text, `its length is a number from 0 to ${longest}`);
  }
  return [address, Number(length)];
}

function checkRest(text: string, bytes: Uint8Array, length: number): void {
  const rest = bytes.some((byte, index) => (byte & (0xff >> Math.min(8, Math.max(0, length - index * 8)))) !== 0);
  if (rest) refuse(text, `the address has bits behind the first ${length}`);
}

/**
 * "10.0.0.0/8" as the key of a trie of `u32be`.
 * @throws DiagnosticError BPF6154
 */
export function ipv4Prefix(text: string): AddressPrefix<number> {
  const [addressText, prefixLength] = split(text, 32);
  const address = ipv4(addressText);
  checkRest(text, Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address), prefixLength);
  return { prefixLength, address };
}

/**
 * "2001:db8::/32" as the key of a trie of `array(u8, 16)`.
 * @throws DiagnosticError BPF6154
 */
export function ipv6Prefix(text: string): AddressPrefix<Uint8Array> {
  const [addressText, prefixLength] = split(text, 128);
  const address = ipv6(addressText);
  checkRest(text, address, prefixLength);
  return { prefixLength, address };
}

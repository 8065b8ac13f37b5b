// IP addresses as the kernel's socket calls and netlink take them (man 7 ip, man 7 ipv6):
//
//   sockaddr_in:   family u16 | port u16 big-endian | address 4 | zero 8                        16 bytes
//   sockaddr_in6:  family u16 | port u16 big-endian | flow u32 | address 16 | scope u32         28 bytes
import { ipv4, ipv6 } from "../address.ts";

export const AF_INET = 2;
export const AF_INET6 = 10;

/** The 4 or 16 bytes of an address, in network order. @throws DiagnosticError when the text is none. */
export function ipBytes(text: string): Uint8Array {
  if (text.includes(":")) return ipv6(text);
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, ipv4(text));
  return bytes;
}

/** The family of an address: AF_INET or AF_INET6. */
export function addressFamily(text: string): typeof AF_INET | typeof AF_INET6 {
  return text.includes(":") ? AF_INET6 : AF_INET;
}

/** `struct sockaddr_in` or `sockaddr_in6`. */
export function socketAddress(text: string, port: number): Uint8Array {
  const address = ipBytes(text);
  const v4 = address.length === 4;
  const bytes = new Uint8Array(v4 ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, v4 ? AF_INET : AF_INET6, true);
  view.setUint16(2, port);
  bytes.set(address, v4 ? 4 : 8);
  return bytes;
}

/** The port of a `sockaddr_in` or `sockaddr_in6`. */
export function portOf(address: Uint8Array): number {
  return new DataView(address.buffer, address.byteOffset).getUint16(2);
}

// Network addresses as text, to the values that schemas hold; text that is none is a diagnostic.
import { parseIpv4, parseIpv6, parseMac } from "@typebpf/abi";
import { loaderError } from "./diagnostics.ts";

function refuse(text: string, kind: string): never {
  throw loaderError("badText", { message: `${JSON.stringify(text)} is no ${kind}` });
}

/**
 * "10.0.0.1" as a number in host order: the value of a `u32be` field.
 * @throws DiagnosticError BPF6154
 */
export function ipv4(text: string): number {
  return parseIpv4(text) ?? refuse(text, "IPv4 address");
}

/**
 * "2001:db8::1" as its 16 bytes in network order.
 * @throws DiagnosticError BPF6154
 */
export function ipv6(text: string): Uint8Array {
  return parseIpv6(text) ?? refuse(text, "IPv6 address");
}

/**
 * "02:00:00:00:00:01" as its 6 bytes; `-` may separate too.
 * @throws DiagnosticError BPF6154
 */
export function mac(text: string): Uint8Array {
  return parseMac(text) ?? refuse(text, "MAC address");
}

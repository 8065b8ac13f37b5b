// Network addresses as constants of a filter: the text is read by the compiler, and the value is what fields of headers
// hold in host order. The same results as the functions of these names in @typebpf/loader.
import { parseIpv4, parseIpv6, parseMac } from "@typebpf/abi";
import { describe } from "./define.ts";
import type { u8, u32 } from "./scalars.ts";
import type { FixedArray } from "./schema.ts";

function parsed<T>(text: unknown, what: string, parse: (text: string) => T | undefined): T {
  const value = typeof text === "string" ? parse(text) : undefined;
  if (value === undefined) throw new TypeError(`${describe(text)} is no ${what}`);
  return value;
}

/** "10.0.0.1" as a number: the value of a `u32be` field. */
export function ipv4(text: string): u32 {
  return parsed(text, "IPv4 address", parseIpv4);
}

/** "2001:db8::1" as its 16 bytes in network order. */
export function ipv6(text: string): FixedArray<u8, 16> {
  return parsed(text, "IPv6 address", parseIpv6) as FixedArray<u8, 16> & Uint8Array;
}

/** "02:00:00:00:00:01" as its 6 bytes; `-` may separate too. */
export function mac(text: string): FixedArray<u8, 6> {
  return parsed(text, "MAC address", parseMac) as FixedArray<u8, 6> & Uint8Array;
}

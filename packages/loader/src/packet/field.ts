// The forms in which fields may be written besides their plain values: addresses as text or bytes, flags as booleans,
// options as bytes. A reader gives the plain value; whether it fits the field is for the codec to say.
import { parseIpv4, parseIpv6, parseMac } from "@typebpf/abi";
import { describe } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";

/** Turns what was written into what the codec takes. `path` names the field in messages. */
export type FieldReader = (value: unknown, path: string) => unknown;

/** A MAC address: "02:00:00:00:00:01" or 6 bytes. */
export type MacAddress = string | Uint8Array | readonly number[];
/** An IPv4 address: "10.0.0.1", a number in host order, or 4 bytes. */
export type Ipv4Address = string | number | Uint8Array | readonly number[];
/** An IPv6 address: "2001:db8::1" or 16 bytes. */
export type Ipv6Address = string | Uint8Array | readonly number[];
/** One bit. */
export type Flag = boolean | 0 | 1;

function noAddress(path: string, text: string, kind: string): never {
  throw loaderError("badText", { message: `${path}: ${describe(text)} is no ${kind} address` });
}

/** All or nothing: addresses are never padded. */
function wholeAddress(value: unknown, size: number, path: string): unknown {
  const bytes = Array.isArray(value) || value instanceof Uint8Array ? value : undefined;
  if (bytes && bytes.length !== size) {
    throw loaderError("wrongLength", { message: `${path}: ${bytes.length} bytes given, the address has ${size}` });
  }
  return value;
}

/** Reads a `MacAddress`. */
export function readMac(value: unknown, path: string): unknown {
  if (typeof value === "string") return parseMac(value) ?? noAddress(path, value, "MAC");
  return wholeAddress(value, 6, path);
}

/** Reads an `Ipv6Address`. */
export function readIpv6(value: unknown, path: string): unknown {
  if (typeof value === "string") return parseIpv6(value) ?? noAddress(path, value, "IPv6");
  return wholeAddress(value, 16, path);
}

function isByte(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255;
}

/** Reads an `Ipv4Address` as a number in host order. */
export function readIpv4(value: unknown, path: string): unknown {
  if (typeof value === "string") return parseIpv4(value) ?? noAddress(path, value, "IPv4");
  if (!(Array.isArray(value) || value instanceof Uint8Array)) return value;
  wholeAddress(value, 4, path);
  return Array.from(value as readonly unknown[]).reduce<number>((number, byte, index) => {
    if (isByte(byte)) return number * 256 + byte;
    throw loaderError("valueRange", { message: `${path}[${index}]: ${describe(byte)} is no byte` });
  }, 0);
}

/** Reads an `Ipv4Address` as the 4 bytes of a field that is an array. */
export function readIpv4Bytes(value: unknown, path: string): unknown {
  const number = readIpv4(value, path);
  if (typeof number !== "number" || !Number.isInteger(number) || number < 0 || number > 0xffffffff) {
    throw loaderError("valueKind", { message: `${path}: ${describe(value)} is no IPv4 address` });
  }
  return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);
}

/** Reads a `Flag`. */
export function readFlag(value: unknown): unknown {
  return typeof value === "boolean" ? Number(value) : value;
}

/**
 * Options as bytes, copied, with as many zero bytes as bring them to a multiple of `unit`.
 * @throws DiagnosticError BPF6151
 */
export function optionBytes(value: unknown, unit: number, path: string): Uint8Array {
  if (value === undefined) return new Uint8Array(0);
  if (!(value instanceof Uint8Array)) {
    throw loaderError("valueKind", { message: `${path}: takes a Uint8Array, not ${describe(value)}` });
  }
  const bytes = new Uint8Array(Math.ceil(value.length / unit) * unit);
  bytes.set(value);
  return bytes;
}

// Values as JSON, for the command line and its files. Written: numbers up to 32 bits, 64-bit integers as decimal
// strings, byte arrays as hex, other arrays as arrays, structs as objects with the schema's field names.
// Read, besides: integers as a number, "123", or "0x7b" (the number, not its bytes); u32be also as "10.0.0.1"; four
// bytes as "10.0.0.1", six as "02:00:00:00:00:01", sixteen as "2001:db8::1"; byte arrays also as an array of numbers;
// structs and other arrays also as "0x…": all their bytes as they lie in memory; keys of tries of addresses also as
// "10.0.0.0/8" or "2001:db8::/32".
import { type ArrayLayout, type Layout, prefixAddress, type ScalarLayout, type StructLayout } from "@typebpf/abi";
import { ipv4, ipv6, mac } from "./address.ts";
import { decode, describe, encode, isByteArray, type Value } from "./codec.ts";
import { loaderError } from "./diagnostics.ts";
import { ipv4Prefix, ipv6Prefix } from "./prefix.ts";

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Lower-case hex digits, two per byte, without a prefix. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The bytes of hex digits; white space between them and a leading "0x" are allowed.
 * @throws DiagnosticError BPF6154
 */
export function fromHex(text: string, path = "value"): Uint8Array {
  const digits = text.replace(/\s+/g, "").replace(/^0x/i, "");
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) {
    throw loaderError("badText", { message: `${path}: ${describe(text)} is no even number of hex digits` });
  }
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  );
}

function jsonOf(value: Value): Json {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return value;
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, jsonOf(member)]));
}

/**
 * The JSON form of bytes.
 * @throws DiagnosticError BPF6155 where there are more or fewer bytes than the layout has.
 */
export function toJson(layout: Layout, bytes: Uint8Array, path = "value"): Json {
  return jsonOf(decode(layout, bytes, path));
}

function badText(path: string, text: string, wanted: string): never {
  throw loaderError("badText", { message: `${path}: ${describe(text)} is no ${wanted}` });
}

function integerOf(unit: ScalarLayout, json: Json, path: string): unknown {
  const wide = unit.size === 8;
  if (typeof json === "number") return wide && Number.isSafeInteger(json) ? BigInt(json) : json;
  if (typeof json !== "string") return json;
  if (unit.name === "u32be" && json.includes(".")) return ipv4(json);
  const match = /^\s*(-?)(\d+|0x[0-9a-fA-F]+)\s*$/.exec(json);
  if (!match) badText(path, json, "integer");
  const magnitude = BigInt(match[2] ?? "0");
  const integer = match[1] === "-" ? -magnitude : magnitude;
  return wide ? integer : Number(integer);
}

function bytesOf(layout: ArrayLayout, text: string, path: string): Uint8Array {
  const address = text.trim();
  if (layout.length === 4 && address.includes(".")) {
    const number = ipv4(address);
    return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);
  }
  if (layout.length === 6 && /[:-]/.test(address)) return mac(address);
  if (layout.length === 16 && address.includes(":")) return ipv6(address);
  return fromHex(text, path);
}

/** The key of a trie whose text is a prefix; undefined for other structs and texts. */
function prefixOf(layout: StructLayout, text: string): unknown {
  const address = prefixAddress(layout);
  if (address?.kind === "scalar") return address.name === "u32be" && text.includes(".") ? ipv4Prefix(text) : undefined;
  if (address?.kind !== "array" || !isByteArray(address)) return undefined;
  if (address.length === 16) return text.includes(":") ? ipv6Prefix(text) : undefined;
  if (address.length !== 4 || !text.includes(".")) return undefined;
  const { prefixLength, address: number } = ipv4Prefix(text);
  return { prefixLength, address: Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number) };
}

/** The value of user space that JSON stands for; `encode` finds what is left to complain of. */
function userValue(layout: Layout, json: Json, path: string): unknown {
  switch (layout.kind) {
    case "scalar":
      return integerOf(layout, json, path);
    case "bits":
      return integerOf(layout.unit, json, path);
    case "array":
      if (typeof json === "string")
        return isByteArray(layout) ? bytesOf(layout, json, path) : rawValue(layout, json, path);
      if (!Array.isArray(json)) return json;
      return json.map((item: Json, index) => userValue(layout.item, item, `${path}[${index}]`));
    case "struct": {
      if (typeof json === "string") return prefixOf(layout, json.trim()) ?? rawValue(layout, json, path);
      if (typeof json !== "object" || json === null || Array.isArray(json)) return json;
      const fields = new Map(layout.fields.map((field) => [field.name, field.layout]));
      const entries = Object.entries(json).map(([name, member]): [string, unknown] => {
        const field = fields.get(name);
        return [name, field ? userValue(field, member, `${path}.${name}`) : member];
      });
      return Object.fromEntries(entries);
    }
    default:
      return layout satisfies never;
  }
}

function rawValue(layout: Layout, text: string, path: string): Value {
  if (!/^\s*0x/i.test(text)) badText(path, text, 'object, array, or "0x" with all bytes');
  return decode(layout, fromHex(text, path), path);
}

/**
 * The bytes of a value in JSON. Raw bytes of a whole struct lose what lies in its padding.
 * @throws DiagnosticError BPF6150–6155 with the path of the part that is wrong.
 */
export function fromJson(layout: Layout, json: Json, path = "value"): Uint8Array {
  return encode(layout, userValue(layout, json, path), path);
}

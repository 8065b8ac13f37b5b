// Methods of constant texts and numbers: JavaScript's own, on plain values only, so that nothing of the author's is called.
import type { Constant } from "../values.ts";
import { array, boolean, integerOr, MAX_LENGTH, nothing, number, string, type Values } from "./plain.ts";

/** Methods of texts that take texts and numbers and give such, or arrays of texts: JavaScript's own. */
const stringMethods: ReadonlySet<string> = new Set([
  "at",
  "charAt",
  "charCodeAt",
  "codePointAt",
  "concat",
  "endsWith",
  "includes",
  "indexOf",
  "lastIndexOf",
  "padEnd",
  "padStart",
  "repeat",
  "replace",
  "replaceAll",
  "slice",
  "split",
  "startsWith",
  "substring",
  "toLowerCase",
  "toUpperCase",
  "trim",
  "trimEnd",
  "trimStart",
]);

function plain(value: Constant): string | number | undefined {
  return value.kind === "string" || value.kind === "number" ? value.value : undefined;
}

function fromPlain(value: unknown): Constant | undefined {
  if (typeof value === "string") return string(value);
  if (typeof value === "number") return number(value);
  if (typeof value === "boolean") return boolean(value);
  if (value === undefined) return nothing;
  if (!Array.isArray(value)) return undefined;
  const items = value.map(fromPlain);
  return items.every((item) => item !== undefined) ? array(items) : undefined;
}

/** `text.name(…)`: arguments are plain values, so that nothing of the author's is called. */
export function stringMethod(self: string, name: string, args: Values): Constant | undefined {
  const values = args.map(plain);
  if (!stringMethods.has(name) || !values.every((value) => value !== undefined)) return undefined;
  const longest = Math.max(0, ...values.map((value) => (typeof value === "number" ? value : value.length)));
  if (longest > MAX_LENGTH || self.length * Math.max(1, name === "repeat" ? longest : 1) > MAX_LENGTH) return undefined;
  const method: unknown = Reflect.get(String.prototype, name);
  if (typeof method !== "function") return undefined;
  try {
    return fromPlain(Reflect.apply(method, self, values));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** `number.toString(radix)` and the like. */
export function scalarMethod(self: Constant, name: string, [radix]: Values): Constant | undefined {
  if (name !== "toString" || (self.kind !== "number" && self.kind !== "bigint")) return undefined;
  const base = integerOr(radix, 10);
  return base !== undefined && Number.isInteger(base) && base >= 2 && base <= 36
    ? string(self.value.toString(base))
    : undefined;
}

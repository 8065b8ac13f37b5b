// Short forms of constants for the library functions, with their limits: texts, numbers, arrays, and back.
import type { Constant } from "../values.ts";

/** Most items of an array and characters of a text that are computed. */
export const MAX_LENGTH = 1 << 16;

/** Constants in a row: items, or arguments. */
export type Values = readonly Constant[];
/** Calls a constant with arguments. */
export type Call = (callee: Constant, args: Values) => Constant | undefined;

/** `undefined` */
export const nothing: Constant = { kind: "nothing" };
/** A number. */
export const number = (value: number): Constant => ({ kind: "number", value });
/** A truth value. */
export const boolean = (value: boolean): Constant => ({ kind: "boolean", value });
/** A text; undefined where it is too long. */
export const string = (value: string): Constant | undefined =>
  value.length <= MAX_LENGTH ? { kind: "string", value } : undefined;
/** An array; undefined where it is too long. */
export const array = (items: Values): Constant | undefined =>
  items.length <= MAX_LENGTH ? { kind: "array", items: [...items] } : undefined;

/** The text of a constant in a template, or joined with others. */
export function textOf(value: Constant): string | undefined {
  switch (value.kind) {
    case "number":
    case "bigint":
    case "boolean":
    case "string":
      return String(value.value);
    case "nothing":
      return "undefined";
    case "array": {
      const texts = value.items.map((item) => (item.kind === "nothing" ? "" : textOf(item)));
      return texts.every((text) => text !== undefined) ? texts.join(",") : undefined;
    }
    default:
      return undefined;
  }
}

/** A number that was given, or the one that stands for none. */
export function integerOr(value: Constant | undefined, otherwise: number): number | undefined {
  if (!value || value.kind === "nothing") return otherwise;
  return value.kind === "number" ? value.value : undefined;
}

/** The truth value that a constant is. */
export function truth(value: Constant | undefined): boolean | undefined {
  return value?.kind === "boolean" ? value.value : undefined;
}

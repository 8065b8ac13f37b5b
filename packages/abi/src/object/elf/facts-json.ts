// The text of the section ".typebpf": layouts and places as short JSON. Writing is exact; reading takes any JSON and
// either gives what was written or says what is wrong with it.
import type { Span } from "../../diagnostics/span.ts";
import {
  arrayLayout,
  bitsLayout,
  type FieldLayout,
  type Layout,
  type ScalarLayout,
  type StructLayout,
  scalarLayouts,
} from "../../layout.ts";

/** JSON as it is parsed. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Thrown by the readers of this file with what is wrong; whoever reads the section makes a diagnostic of it. */
export class BadFacts extends Error {}

/** Layouts nest less deeply than this. */
const deepest = 64;
const mostBytes = 1 << 30;

export function fail(what: string): never {
  throw new BadFacts(what);
}

/** A list. */
export function list(value: Json | undefined, what: string): readonly Json[] {
  return Array.isArray(value) ? value : fail(`${what} is no list`);
}

/** A record without a prototype that could answer for a missing member. */
export function record(value: Json | undefined, what: string): ReadonlyMap<string, Json> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail(`${what} is no record`);
  return new Map(Object.entries(value));
}

/** Text. */
export function text(value: Json | undefined, what: string): string {
  return typeof value === "string" ? value : fail(`${what} is no text`);
}

/** A whole number within limits. */
export function integer(value: Json | undefined, least: number, most: number, what: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  return fail(`${what} is no number from ${least} to ${most}`);
}

/** A layout as JSON: the name of a scalar, or a list that begins with its kind. */
export function layoutJson(layout: Layout): Json {
  switch (layout.kind) {
    case "scalar":
      return layout.name;
    case "bits":
      return ["bits", layout.unit.name, layout.count];
    case "array":
      return ["array", layoutJson(layout.item), layout.length];
    case "struct": {
      const { name, size, align, fields, union } = layout;
      const members = fields.map((one) => {
        const bits = one.bitOffset === undefined ? [] : [one.bitOffset];
        return [one.name, one.offset, layoutJson(one.layout), ...bits];
      });
      return [union ? "union" : "struct", name, size, align, members];
    }
    default:
      return layout satisfies never;
  }
}

function scalarOf(name: string): ScalarLayout {
  const scalars: Readonly<Record<string, ScalarLayout>> = scalarLayouts;
  return (Object.hasOwn(scalars, name) ? scalars[name] : undefined) ?? fail(`there is no scalar "${name}"`);
}

function fieldOf(value: Json, size: number, depth: number): FieldLayout {
  const [name, offset, layout, bitOffset] = list(value, "a field");
  const found = layoutOf(layout, depth + 1);
  const field = { name: text(name, "a field's name"), offset: integer(offset, 0, size, "an offset"), layout: found };
  if (field.offset + found.size > size) fail(`field "${field.name}" lies outside of its struct`);
  if (found.kind !== "bits") return bitOffset === undefined ? field : fail(`field "${field.name}" has no bits`);
  return { ...field, bitOffset: integer(bitOffset, 0, found.size * 8 - found.count, "a bit offset") };
}

function structOf(parts: readonly Json[], union: boolean, depth: number): StructLayout {
  const [, name, givenSize, givenAlign, members] = parts;
  const size = integer(givenSize, 0, mostBytes, "a struct's size");
  const align = integer(givenAlign, 1, 8, "an alignment");
  const fields = list(members, "a struct's fields").map((one) => fieldOf(one, size, depth));
  if (new Set(fields.map((one) => one.name)).size !== fields.length) fail("two fields have one name");
  return { kind: "struct", name: text(name, "a struct's name"), ...(union && { union }), fields, size, align };
}

/** The layout that JSON stands for. @throws BadFacts */
export function layoutOf(value: Json | undefined, depth = 0): Layout {
  if (depth > deepest) return fail("a layout is nested too deeply");
  if (typeof value === "string") return scalarOf(value);
  const parts = list(value, "a layout");
  const [kind, first, second] = parts;
  switch (kind) {
    case "bits": {
      const unit = scalarOf(text(first, "a unit"));
      return bitsLayout(unit, integer(second, 1, unit.size * 8, "a number of bits"));
    }
    case "array": {
      const layout = arrayLayout(layoutOf(first, depth + 1), integer(second, 0, mostBytes, "a length"));
      return layout.size <= mostBytes ? layout : fail("an array is too large");
    }
    case "struct":
    case "union":
      return structOf(parts, kind === "union", depth);
    default:
      return fail("a layout is of no kind");
  }
}

/** Names of files, each once; places refer to them by index. */
export class FileNames {
  readonly names: string[] = [];
  readonly #index = new Map<string, number>();

  /** A place as JSON. */
  json({ file, line, column, length }: Span): Json {
    let index = this.#index.get(file);
    if (index === undefined) {
      index = this.names.push(file) - 1;
      this.#index.set(file, index);
    }
    return [index, line, column, length];
  }
}

const mostPlace = 2 ** 31 - 1;

/** The place that JSON stands for. @throws BadFacts */
export function spanOf(value: Json | undefined, files: readonly string[]): Span {
  const [index, line, column, length] = list(value, "a place");
  const file = files[integer(index, 0, files.length - 1, "a file's number")] ?? fail("there is no such file");
  return {
    file,
    line: integer(line, 1, mostPlace, "a line"),
    column: integer(column, 1, mostPlace, "a column"),
    length: integer(length, 1, mostPlace, "a length"),
  };
}

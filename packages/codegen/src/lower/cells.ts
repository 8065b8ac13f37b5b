// What expressions give and variables hold during lowering. Numbers, bigints, booleans and refs are one SSA value; a
// record or tuple is a set of cells that every name of it shares, so it is passed by reference without memory. A number,
// bigint or boolean that may be undefined is two SSA values: whether it is there, and what it is.
import type { AstType } from "../ast/types.ts";
import type { ValueId } from "../ir/function.ts";
import { nullValue, type SsaBuilder, type VariableKey } from "./ssa-builder.ts";

/** The result of an expression. */
export type Value =
  | { readonly kind: "none" }
  | { readonly kind: "scalar"; readonly id: ValueId }
  | OptionalValue
  | RecordCell;

/** An integer that may be undefined: `present` is 1 where it is there, and 0 where `id` means nothing. */
export interface OptionalValue {
  readonly kind: "optional";
  readonly present: ValueId;
  readonly id: ValueId;
}

/** Where a variable, or a member of a record, keeps its value. */
export type Cell =
  | { readonly kind: "none" }
  | { readonly kind: "variable"; readonly key: VariableKey; readonly integer?: true }
  | { readonly kind: "optional"; readonly present: VariableKey; readonly key: VariableKey }
  | RecordCell;

/** The cells of a record, and where it may be undefined, one that holds whether it is there. */
export interface RecordCell {
  readonly kind: "record";
  readonly members: Members;
  readonly present?: VariableKey;
}

export type Members = ReadonlyMap<string, Cell>;

export const none: Value = { kind: "none" };

/** A value of one SSA value. */
export function scalar(id: ValueId): Value {
  return { kind: "scalar", id };
}

/** The SSA value; `undefined` is the null pointer; TypeScript proves that an integer is there. @throws Error for records (a compiler bug). */
export function idOf(value: Value): ValueId {
  if (value.kind === "record") throw new Error("lower: a record is used as a scalar");
  return value.kind === "none" ? nullValue : value.id;
}

/** A fresh cell for values of a type. */
export function newCell(build: SsaBuilder, type: AstType): Cell {
  switch (type.kind) {
    case "nothing":
      return { kind: "none" };
    case "number":
    case "bigint":
    case "boolean":
      return type.nullable
        ? { kind: "optional", present: build.variable(false), key: build.variable(false) }
        : { kind: "variable", key: build.variable(false), integer: true };
    case "ref":
    case "context":
      return { kind: "variable", key: build.variable(true) };
    case "record":
      return recordCell(build, type, new Map(type.members.map((one) => [one.name, newCell(build, one.type)])));
    case "tuple":
      return recordCell(build, type, new Map(type.items.map((item, index) => [`${index}`, newCell(build, item)])));
  }
}

function recordCell(build: SsaBuilder, type: { readonly nullable?: true }, members: Members): Cell {
  return { kind: "record", members, ...(type.nullable && { present: build.variable(false) }) };
}

/** What a cell holds here; of a record its shared cells. */
export function readCell(build: SsaBuilder, cell: Cell): Value {
  switch (cell.kind) {
    case "none":
      return none;
    case "variable":
      return scalar(build.read(cell.key));
    case "optional":
      return { kind: "optional", present: build.read(cell.present), id: build.read(cell.key) };
    case "record":
      return cell;
  }
}

/** Whether a record is there: a constant that no expression of the author stands for. */
function flag(build: SsaBuilder, value: 0n | 1n): ValueId {
  return build.define({ op: "const", value, type: "i64", at: build.at });
}

/** Writes a cell; a record is copied member by member, as it was before the first write. */
export function writeCell(build: SsaBuilder, cell: Cell, value: Value): void {
  switch (cell.kind) {
    case "none":
      return;
    case "variable":
      // TypeScript proves that an integer is there, so where it is not nothing reads it.
      build.write(cell.key, value.kind === "none" && cell.integer ? flag(build, 0n) : idOf(value));
      return;
    case "optional":
      writeOptional(build, cell, value);
      return;
    case "record": {
      if (value.kind === "none" && cell.present !== undefined) {
        build.write(cell.present, flag(build, 0n));
        return;
      }
      if (value.kind !== "record") throw new Error("lower: a scalar is assigned to a record");
      if (cell.present !== undefined)
        build.write(cell.present, value.present === undefined ? flag(build, 1n) : build.read(value.present));
      const from = value.members;
      const values = [...cell.members].map(([name, to]) => [to, from.get(name)] as const);
      const read = values.map(([to, source]) => [to, source ? readCell(build, source) : none] as const);
      for (const [to, one] of read) writeCell(build, to, one);
    }
  }
}

function writeOptional(build: SsaBuilder, cell: Extract<Cell, { readonly kind: "optional" }>, value: Value): void {
  if (value.kind === "none") {
    build.write(cell.present, flag(build, 0n));
    return;
  }
  build.write(cell.present, value.kind === "optional" ? value.present : flag(build, 1n));
  build.write(cell.key, idOf(value));
}

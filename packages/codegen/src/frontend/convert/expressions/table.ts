// Constant tables indexed at run time: `PORTS[i]`, `MATRIX[i][j]`, one column of a table of objects, `PORTS[i].weight`, and
// whole rows, which become objects in registers with a read of a column for each member.
import { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { type AstType, booleanType, numberType } from "../../../ast/types.ts";
import { fits } from "../../constants/operators.ts";
import type { Constant } from "../../values.ts";
import { coerce } from "../coerce.ts";
import { convertExpression, evaluate, refuse, reusable, type Scope, spanOf } from "../context.ts";
import { flexibleBigint } from "../types.ts";

/** Items of a constant array, one of which an index of run time picks. */
export interface Column {
  readonly name: string;
  readonly items: readonly Constant[];
  /** Outermost first. */
  readonly indices: readonly { readonly node: ts.Expression; readonly length: number }[];
}

/** The column that an access reads; undefined where it reads no constant table. */
export function columnOf(node: ts.Expression, scope: Scope): Column | undefined {
  if (ts.isParenthesizedExpression(node)) return columnOf(node.expression, scope);
  if (ts.isPropertyAccessExpression(node)) return narrow(columnOf(node.expression, scope), node.name.text);
  if (!ts.isElementAccessExpression(node)) return undefined;
  const index = evaluate(node.argumentExpression, scope);
  if (index?.kind === "number" || index?.kind === "string") {
    return narrow(columnOf(node.expression, scope), String(index.value));
  }
  if (index) return undefined;
  const inner = columnOf(node.expression, scope);
  if (inner) return deeper(inner, node.argumentExpression);
  const table = evaluate(node.expression, scope);
  if (table?.kind !== "array") return undefined;
  const indices = [{ node: node.argumentExpression, length: table.items.length }];
  return { name: node.expression.getText(), items: table.items, indices };
}

/** An item of each row, where the rows are arrays of one length. */
function deeper(column: Column, node: ts.Expression): Column | undefined {
  const [first] = column.items;
  const length = first?.kind === "array" ? first.items.length : 0;
  const rows = column.items.map((item) => (item.kind === "array" && item.items.length === length ? item.items : []));
  if (length === 0 || rows.some((row) => row.length === 0)) return undefined;
  return { ...column, items: rows.flat(), indices: [...column.indices, { node, length }] };
}

function narrow(column: Column | undefined, name: string): Column | undefined {
  if (!column) return undefined;
  const items = column.items.map((item): Constant => {
    if (item.kind === "object") return item.members.get(name) ?? { kind: "nothing" };
    if (item.kind === "array") {
      const length: Constant = { kind: "number", value: item.items.length };
      return name === "length" ? length : (item.items[Number(name)] ?? { kind: "nothing" });
    }
    return { kind: "nothing" };
  });
  return { ...column, name: `${column.name}.${name}`, items };
}

type Indices = Extract<Expr, { readonly kind: "table" }>["indices"];

/** The read of a column. */
export function tableExpression(column: Column, node: ts.Node, scope: Scope): Expr {
  const indices = column.indices.map(({ node: index, length }) => {
    return { index: coerce(convertExpression(index, scope), numberType, scope), length };
  });
  const poisoned = indices.find(({ index }) => index.kind === "poison");
  if (poisoned) return poisoned.index;
  if (tableType(column.items)) return readColumn(column, indices, node, scope) ?? refuse("table", node, scope);
  const again: { readonly index: Expr; readonly length: number }[] = [];
  const first = indices.map(({ index, length }) => {
    const named = reusable(index, scope);
    again.push({ index: named.again, length });
    return { index: named.first, length };
  });
  const row = readRow(column, { next: first, again }, node, scope);
  return row ?? refuse("table", node, scope);
}

function readColumn({ name, items }: Column, indices: Indices, node: ts.Node, scope: Scope): Expr | undefined {
  const type = tableType(items);
  if (!type) return undefined;
  const values = items.map((item) =>
    item.kind === "number" || item.kind === "bigint" || item.kind === "boolean" ? BigInt(item.value) : 0n,
  );
  return { kind: "table", name, values, indices, type, at: spanOf(node, scope) };
}

/** The indices of the next read: evaluated by the first of them, in the order of the members. */
interface Reads {
  next: Indices;
  readonly again: Indices;
}

/** A whole row: an object or tuple in registers. Members that are no integers, such as names, are left out. */
function readRow(column: Column, reads: Reads, node: ts.Node, scope: Scope): Expr | undefined {
  const [first] = column.items;
  const at = spanOf(node, scope);
  if (tableType(column.items)) {
    const indices = reads.next;
    reads.next = reads.again;
    return readColumn(column, indices, node, scope);
  }
  if (first?.kind === "object") {
    const members = [...first.members.keys()].flatMap((name) => {
      const value = readRow(narrow(column, name) ?? column, reads, node, scope);
      return value ? [{ name, value }] : [];
    });
    const type = { kind: "record", members: members.map(({ name, value }) => ({ name, type: value.type })) } as const;
    return members.length > 0 ? { kind: "record", members, type, at } : undefined;
  }
  if (first?.kind !== "array") return undefined;
  const items = first.items.map((_, index) => readRow(narrow(column, String(index)) ?? column, reads, node, scope));
  if (!items.every((item) => item !== undefined) || items.length === 0) return undefined;
  return { kind: "tuple", items, type: { kind: "tuple", items: items.map((item) => item.type) }, at };
}

function tableType(items: readonly Constant[]): AstType | undefined {
  if (items.length === 0) return undefined;
  if (items.every((item) => item.kind === "boolean")) return booleanType;
  if (items.every((item) => item.kind === "number" && Number.isSafeInteger(item.value))) return numberType;
  const signs = new Set<boolean | undefined>();
  for (const item of items) {
    if (item.kind !== "bigint") return undefined;
    signs.add(item.signed);
  }
  if (signs.size > 1) return undefined;
  const [signed] = signs;
  if (signed !== undefined) return { kind: "bigint", signed };
  const whole = items.every((item) => item.kind === "bigint" && (fits(item.value, true) || fits(item.value, false)));
  return whole ? flexibleBigint : undefined;
}

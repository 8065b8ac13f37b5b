// Constant tables indexed at run time: `PORTS[i]`, and one column of a table of objects, `PORTS[i].weight`.
import { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { type AstType, numberType } from "../../../ast/types.ts";
import { fits } from "../../constants/operators.ts";
import type { Constant } from "../../values.ts";
import { coerce } from "../coerce.ts";
import { convertExpression, evaluate, refuse, type Scope, spanOf } from "../context.ts";
import { flexibleBigint } from "../types.ts";

/** Items of a constant array, one of which an index of run time picks. */
export interface Column {
  readonly name: string;
  readonly items: readonly Constant[];
  readonly index: ts.Expression;
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
  const table = evaluate(node.expression, scope);
  if (index || table?.kind !== "array") return undefined;
  return { name: node.expression.getText(), items: table.items, index: node.argumentExpression };
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

/** The read of a column. */
export function tableExpression(column: Column, node: ts.Node, scope: Scope): Expr {
  const type = tableType(column.items);
  if (!type) return refuse("table", node, scope);
  const index = coerce(convertExpression(column.index, scope), numberType, scope);
  if (index.kind === "poison") return index;
  const values = column.items.map((item) => BigInt(item.kind === "number" || item.kind === "bigint" ? item.value : 0));
  return { kind: "table", name: column.name, values, index, type, at: spanOf(node, scope) };
}

function tableType(items: readonly Constant[]): AstType | undefined {
  if (items.length === 0) return undefined;
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

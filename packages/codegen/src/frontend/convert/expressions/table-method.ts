// Methods of constant arrays on values of run time, unrolled over the items: `PORTS.includes(port)`, `RULES.some((rule) => …)`.
// The argument is evaluated once; a callback is called for one item after another, as far as JavaScript calls it
// (ECMA-262 section 23.1.3).
import { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { booleanType, numberType } from "../../../ast/types.ts";
import { type Constant, isScalar } from "../../values.ts";
import type { Argument } from "../arguments.ts";
import { coerce, settle } from "../coerce.ts";
import { truth } from "../condition.ts";
import { convertExpression, evaluate, poison, refuse, reusable, type Scope, spanOf } from "../context.ts";
import { callWith } from "../function.ts";
import { compare } from "./combine.ts";
import { constantValue } from "./name.ts";

type Table = Extract<Constant, { readonly kind: "array" }>;
type Callback = Extract<Constant, { readonly kind: "function" }>;
type Method = (node: ts.CallExpression, table: Table, scope: Scope) => Expr;

const methods: Readonly<Record<string, Method>> = {
  includes: (node, table, scope) => any(searched(node, table, scope), "||", node, scope),
  indexOf: (node, table, scope) => firstIndex(searched(node, table, scope), node, scope),
  some: (node, table, scope) => any(tested(node, table, scope), "||", node, scope),
  every: (node, table, scope) => any(tested(node, table, scope), "&&", node, scope),
  findIndex: (node, table, scope) => firstIndex(tested(node, table, scope), node, scope),
  reduce,
};

/** Most items over which a method is unrolled. */
const MOST_ITEMS = 256;

/** `table.name(…)`; undefined where there is no such method here. */
export function convertTableMethod(
  node: ts.CallExpression,
  table: Table,
  name: string,
  scope: Scope,
): Expr | undefined {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (!method || node.arguments.some(ts.isSpreadElement)) return undefined;
  if (table.items.length > MOST_ITEMS)
    return refuse("notCallable", node.expression, scope, {
      message: `${name} over ${table.items.length} items`,
      help: `write a loop, or keep the values in a map; ${MOST_ITEMS} items at most are tested one by one`,
    });
  return method(node, table, scope);
}

/** Whether each item is the argument. */
function searched(node: ts.CallExpression, { items }: Table, scope: Scope): readonly Expr[] {
  const [wanted] = node.arguments;
  if (!wanted || node.arguments.length > 1) return [refuse("notCallable", node, scope)];
  const value = settle(convertExpression(wanted, scope), scope);
  if (value.kind === "poison") return [value];
  const { first, again } = reusable(value, scope);
  // An empty table does not keep the argument from being evaluated.
  if (items.length === 0) {
    const at = spanOf(node, scope);
    return [
      {
        kind: "sequence",
        items: [value, { kind: "boolean", value: false, type: booleanType, at }],
        type: booleanType,
        at,
      },
    ];
  }
  return items.map((item, index) => {
    if (!isScalar(item)) return refuse("refIdentity", node, scope);
    return compare(index === 0 ? first : again, "===", constantValue(item, node, scope), node, scope);
  });
}

/** What the callback says of each item. */
function tested(node: ts.CallExpression, table: Table, scope: Scope): readonly Expr[] {
  const callback = callbackOf(node, scope);
  if (!callback) return [refuse("notCallable", node, scope, { help: "pass a function that the compiler can see" })];
  return table.items.map((_, index) =>
    truth(callWith(callback, itemArguments(table, index, node, scope), node, scope), node, scope),
  );
}

function callbackOf(node: ts.CallExpression, scope: Scope): Callback | undefined {
  const [argument] = node.arguments;
  const callback = argument && evaluate(argument, scope);
  return callback?.kind === "function" ? callback : undefined;
}

/** The item and its index. */
function itemArguments({ items }: Table, index: number, node: ts.Node, scope: Scope): readonly Argument[] {
  const item = items[index];
  if (!item) throw new Error("frontend: no such item");
  const at = spanOf(node, scope);
  const passed: Argument = isScalar(item)
    ? { kind: "value", value: settle(constantValue(item, node, scope), scope) }
    : { kind: "constant", constant: item };
  return [passed, { kind: "value", value: { kind: "integer", value: BigInt(index), type: numberType, at } }];
}

/** All conditions or any, evaluated as far as they matter. */
function any(conditions: readonly Expr[], operator: "||" | "&&", node: ts.Node, scope: Scope): Expr {
  const at = spanOf(node, scope);
  if (conditions.some(({ kind }) => kind === "poison")) return poison(at);
  const none: Expr = { kind: "boolean", value: operator === "&&", type: booleanType, at };
  return conditions.reduceRight((right, left, index): Expr => {
    return index === conditions.length - 1 ? left : { kind: "logical", operator, left, right, type: booleanType, at };
  }, none);
}

/** The index of the first condition that holds, or -1. */
function firstIndex(conditions: readonly Expr[], node: ts.Node, scope: Scope): Expr {
  const at = spanOf(node, scope);
  if (conditions.some(({ kind }) => kind === "poison")) return poison(at);
  const integer = (value: number): Expr => ({ kind: "integer", value: BigInt(value), type: numberType, at });
  return conditions.reduceRight((whenFalse, condition, index): Expr => {
    return { kind: "conditional", condition, whenTrue: integer(index), whenFalse, type: numberType, at };
  }, integer(-1));
}

/** `table.reduce((sum, item, index) => …, start)` */
function reduce(node: ts.CallExpression, table: Table, scope: Scope): Expr {
  const callback = callbackOf(node, scope);
  const start = node.arguments[1];
  if (!callback || !start) return refuse("notCallable", node, scope, { help: "pass a function and a first value" });
  const first = settle(convertExpression(start, scope), scope);
  return table.items.reduce((sum: Expr, _, index): Expr => {
    if (sum.kind === "poison") return sum;
    const passed = itemArguments(table, index, node, scope);
    return coerce(callWith(callback, [{ kind: "value", value: sum }, ...passed], node, scope), first.type, scope);
  }, first);
}

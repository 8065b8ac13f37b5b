// `for (const x of items)`: over an array in memory and `range(…)` it is a counted loop; over constant arrays and tuples the
// body is repeated for each item. `.entries()` gives each item after its index.
import { ts } from "ts-morph";
import type { Expr, Statement } from "../../../ast/nodes.ts";
import { booleanType, numberType } from "../../../ast/types.ts";
import { type Constant, isScalar } from "../../values.ts";
import { coerce, settle } from "../coerce.ts";
import { convertExpression, evaluate, local, named, newVariable, refuse, type Scope, spanOf } from "../context.ts";
import { declareVariable } from "../declare.ts";
import { assignParts, patternOf } from "../expressions/assign-pattern.ts";
import { constantExpression, constantValue } from "../expressions/name.ts";
import { assignValue } from "../expressions/store.ts";
import { bindConstant, bindPattern, itemCount, itemOf } from "../pattern.ts";
import { convertPlace } from "../place.ts";
import { describeType, typeOfLayout } from "../types.ts";
import { flat } from "./branch.ts";
import { labelsOf } from "./label.ts";
import { convertStatements } from "./sequence.ts";

/** `for (const x of items) …` */
export function convertForOf(node: ts.ForOfStatement, scope: Scope): readonly Statement[] {
  const range = rangeCall(node.expression, scope);
  if (range) return rangeLoop(node, range, scope);
  const entries = entriesOwner(node.expression, scope);
  const items = entries ?? node.expression;
  const pair = entries !== undefined;
  const constant = evaluate(items, scope);
  if (constant?.kind === "poison") return [];
  if (constant?.kind === "array") {
    return repeat(
      node,
      constant.items.map((item, index) => (pair ? constantPair(index, item) : item)),
      scope,
    );
  }
  const source = convertExpression(items, scope);
  if (source.kind === "poison") return [];
  const { type } = source;
  if (type.kind === "ref" && type.layout.kind === "array") return arrayLoop(node, source, pair, scope);
  if (type.kind === "tuple") {
    const { opening, again } = named(settle(source, scope), scope);
    const all = Array.from({ length: itemCount(again) ?? 0 }, (_, index) => {
      const item = itemOf(again, index, items, scope);
      return pair ? valuePair(integer(index, item.at), item) : item;
    });
    return [...opening, ...repeat(node, all, scope)];
  }
  refuse("iteration", node.expression, scope, { message: `iteration over ${describeType(type)}` });
  return [];
}

function integer(value: number, at: Expr["at"]): Expr {
  return { kind: "integer", value: BigInt(value), type: numberType, at };
}

function constantPair(index: number, item: Constant): Constant {
  return { kind: "array", items: [{ kind: "number", value: index }, item] };
}

function valuePair(index: Expr, item: Expr): Expr {
  return { kind: "tuple", items: [index, item], type: { kind: "tuple", items: [index.type, item.type] }, at: item.at };
}

/** The call of `range`; undefined for anything else. */
function rangeCall(node: ts.Expression, scope: Scope): ts.CallExpression | undefined {
  if (ts.isParenthesizedExpression(node)) return rangeCall(node.expression, scope);
  if (!ts.isCallExpression(node)) return undefined;
  const callee = evaluate(node.expression, scope);
  const intrinsic = callee?.kind === "dsl" ? callee.entry.intrinsic : undefined;
  return intrinsic?.kind === "function" && intrinsic.name === "range" ? node : undefined;
}

/** What stands before `.entries()`; undefined for anything else. */
function entriesOwner(node: ts.Expression, scope: Scope): ts.Expression | undefined {
  if (ts.isParenthesizedExpression(node)) return entriesOwner(node.expression, scope);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  if (node.expression.name.text !== "entries" || ts.isOptionalChain(node)) return undefined;
  const owner = evaluate(node.expression.expression, scope);
  return owner && owner.kind !== "array" ? undefined : node.expression.expression;
}

/** Gives the item of one iteration to its name, pattern or place. */
function bindItem(node: ts.ForOfStatement, item: Expr | Constant, scope: Scope): readonly Statement[] {
  const { initializer } = node;
  const isValue = "at" in item;
  if (!ts.isVariableDeclarationList(initializer)) {
    const value = isValue ? item : constantValue(item, initializer, scope);
    return value.kind === "poison" ? [] : assignItem(initializer, value, scope);
  }
  const name = initializer.declarations[0]?.name;
  if (!name) return [];
  if (!isValue) {
    return isScalar(item) && ts.isIdentifier(name)
      ? declareVariable(name, constantExpression(item, spanOf(name, scope), scope), undefined, scope)
      : bindConstant(name, item, scope);
  }
  return ts.isIdentifier(name) ? declareVariable(name, item, undefined, scope) : bindPattern(name, item, scope);
}

function assignItem(target: ts.Expression, item: Expr, scope: Scope): readonly Statement[] {
  const pattern = patternOf(target);
  const at = spanOf(target, scope);
  const { opening, again } = pattern ? named(settle(item, scope), scope) : { opening: [], again: item };
  const place = pattern ? undefined : convertPlace(target, scope);
  if (place?.kind === "poison") return [];
  const steps = pattern ? assignParts(pattern, again, scope) : [];
  const stores = place ? [assignValue(place, again, target, scope)] : steps;
  const pending = scope.pending.splice(0);
  const values = stores.flatMap((value): readonly Statement[] =>
    value.kind === "poison" ? [] : [{ kind: "expression", value, at }],
  );
  return [...pending, ...opening, ...values];
}

/** The body once per item, each in a block that `continue` leaves, all in one that `break` leaves. */
function repeat(node: ts.ForOfStatement, items: readonly (Expr | Constant)[], scope: Scope): readonly Statement[] {
  const at = spanOf(node, scope);
  const id = scope.module.nextId();
  const blocks = items.map((item): Statement => {
    const continueBlock = scope.module.nextId();
    nextRound(scope);
    const bound = bindItem(node, item, scope);
    scope.targets.push({ id, labels: labelsOf(node), kind: "loop", continueBlock });
    const body = flat(convertStatements([node.statement], scope));
    scope.targets.pop();
    return { kind: "block", id: continueBlock, body: [...bound, ...body], at };
  });
  nextRound(scope);
  return [{ kind: "block", id, body: blocks, at }];
}

/** What was evaluated for one item does not hold for the next, nor do functions converted for it. */
function nextRound(scope: Scope): void {
  scope.memo.clear();
  scope.round += 1;
}

/** `for (let index = 0; index < length; index++) { const x = array[index]; … }` */
function arrayLoop(node: ts.ForOfStatement, source: Expr, pair: boolean, scope: Scope): readonly Statement[] {
  const at = spanOf(node, scope);
  if (source.type.kind !== "ref" || source.type.layout.kind !== "array") throw new Error("frontend: no array");
  const { item: layout, length } = source.type.layout;
  const { opening, again } = named(source, scope);
  const loop = { opening, from: integer(0, at), to: integer(length, at), step: 1 };
  return countedLoop(node, loop, scope, (index) => {
    const type = typeOfLayout(layout);
    const element: Expr = { kind: "element", object: again, index, layout, length, type, at };
    return pair ? valuePair(index, element) : element;
  });
}

/** `for (const i of range(from, to, step))` */
function rangeLoop(node: ts.ForOfStatement, call: ts.CallExpression, scope: Scope): readonly Statement[] {
  const at = spanOf(call, scope);
  const [first, second, third] = call.arguments;
  if (!first) return [];
  const step = third ? evaluate(third, scope) : undefined;
  const size = third ? (step?.kind === "number" ? step.value : 0) : 1;
  if (third && (!Number.isSafeInteger(size) || size === 0)) {
    if (step?.kind !== "poison")
      refuse("notConstant", third, scope, { message: "the step of a range is a constant other than zero" });
    return [];
  }
  const bound = (one: ts.Expression): Expr => coerce(convertExpression(one, scope), numberType, scope);
  const from = second ? bound(first) : integer(0, at);
  const to = bound(second ?? first);
  if (from.kind === "poison" || to.kind === "poison") return [];
  const limit = to.kind === "integer" ? { opening: [], again: to } : named(to, scope);
  // Both bounds are evaluated before the first turn, from left to right.
  const start = from.kind === "integer" ? { opening: [], again: from } : named(from, scope);
  const loop = { opening: [...start.opening, ...limit.opening], from: start.again, to: limit.again, step: size };
  return countedLoop(node, loop, scope, (index) => index);
}

interface Count {
  readonly opening: readonly Statement[];
  readonly from: Expr;
  readonly to: Expr;
  readonly step: number;
}

function countedLoop(
  node: ts.ForOfStatement,
  { opening, from, to, step }: Count,
  scope: Scope,
  itemAt: (index: Expr) => Expr,
): readonly Statement[] {
  const at = spanOf(node, scope);
  const counter = newVariable("index", numberType, true, at, scope);
  const index = { kind: "local", variable: counter, type: numberType, at } as const;
  const id = scope.module.nextId();
  scope.targets.push({ id, labels: labelsOf(node), kind: "loop" });
  const bound = bindItem(node, itemAt(index), scope);
  const body = flat(convertStatements([node.statement], scope));
  scope.targets.pop();
  const amount = integer(Math.abs(step), at);
  return [
    {
      kind: "loop",
      id,
      init: [...opening, { kind: "let", variable: counter, init: from, at }],
      condition: {
        kind: "compare",
        operator: step > 0 ? "<" : ">",
        left: local(counter, at),
        right: to,
        type: booleanType,
        at,
      },
      update: { kind: "assign", target: index, operator: step > 0 ? "+" : "-", value: amount, type: numberType, at },
      body: [...bound, ...body],
      testFirst: true,
      at,
    },
  ];
}

// `for (const x of array)`: over an array in memory and over constant tables of integers it is a counted loop; over other
// constant arrays and tuples the body is repeated for each item.
import { ts } from "ts-morph";
import type { Expr, Statement } from "../../../ast/nodes.ts";
import { booleanType, numberType } from "../../../ast/types.ts";
import { type Constant, isScalar } from "../../values.ts";
import { settle } from "../coerce.ts";
import { convertExpression, evaluate, local, named, newVariable, refuse, type Scope, spanOf } from "../context.ts";
import { declareVariable } from "../declare.ts";
import { constantExpression } from "../expressions/name.ts";
import { bindPattern } from "../pattern.ts";
import { typeOfLayout } from "../types.ts";
import { flat } from "./branch.ts";
import { labelsOf } from "./label.ts";
import { convertStatements } from "./sequence.ts";

/** `for (const x of array) …` */
export function convertForOf(node: ts.ForOfStatement, scope: Scope): readonly Statement[] {
  const name = loopName(node, scope);
  if (!name) return [];
  const constant = evaluate(node.expression, scope);
  if (constant?.kind === "poison") return [];
  if (constant?.kind === "array") return repeat(node, name, constant.items, scope);
  const source = convertExpression(node.expression, scope);
  if (source.kind === "poison") return [];
  const { type } = source;
  if (type.kind === "ref" && type.layout.kind === "array") return countedLoop(node, name, source, scope);
  if (type.kind === "tuple") {
    const { opening, again } = named(settle(source, scope), scope);
    return [...opening, ...repeat(node, name, tupleItems(again), scope)];
  }
  refuse("iteration", node.expression, scope);
  return [];
}

function loopName(node: ts.ForOfStatement, scope: Scope): ts.BindingName | undefined {
  const list = node.initializer;
  const declaration = ts.isVariableDeclarationList(list) ? list.declarations[0] : undefined;
  if (!declaration) refuse("iteration", node.initializer, scope, { message: "the item needs a const of its own" });
  return declaration?.name;
}

function tupleItems(object: Expr): readonly Expr[] {
  if (object.type.kind !== "tuple") return [];
  return object.type.items.map(
    (type, index): Expr => ({ kind: "member", object, name: String(index), type, at: object.at }),
  );
}

/** Declares the item's name for one iteration. */
function bindItem(name: ts.BindingName, item: Expr | Constant, scope: Scope): readonly Statement[] {
  if ("at" in item) {
    return ts.isIdentifier(name) ? declareVariable(name, item, undefined, scope) : bindPattern(name, item, scope);
  }
  if (isScalar(item) && ts.isIdentifier(name)) {
    return declareVariable(name, constantExpression(item, spanOf(name, scope), scope), undefined, scope);
  }
  return bindConstantItem(name, item, scope);
}

function bindConstantItem(name: ts.BindingName, item: Constant, scope: Scope): readonly Statement[] {
  if (ts.isIdentifier(name)) {
    const symbol = scope.module.symbols.checker.getSymbolAtLocation(name);
    if (symbol) scope.bindings.set(symbol, { kind: "constant", constant: item });
    return [];
  }
  for (const [index, element] of name.elements.entries()) {
    if (ts.isOmittedExpression(element)) continue;
    const key = element.propertyName ?? element.name;
    const member =
      item.kind === "array"
        ? item.items[index]
        : item.kind === "object" && ts.isIdentifier(key)
          ? item.members.get(key.text)
          : undefined;
    if (member && !element.initializer && !element.dotDotDotToken) bindConstantItem(element.name, member, scope);
    else refuse("pattern", element, scope);
  }
  return [];
}

/** The body once per item, each in a block that `continue` leaves, all in one that `break` leaves. */
function repeat(
  node: ts.ForOfStatement,
  name: ts.BindingName,
  items: readonly (Expr | Constant)[],
  scope: Scope,
): readonly Statement[] {
  const at = spanOf(node, scope);
  const id = scope.module.nextId();
  const blocks = items.map((item): Statement => {
    const continueBlock = scope.module.nextId();
    nextRound(scope);
    const bound = bindItem(name, item, scope);
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
function countedLoop(node: ts.ForOfStatement, name: ts.BindingName, source: Expr, scope: Scope): readonly Statement[] {
  const at = spanOf(node, scope);
  if (source.type.kind !== "ref" || source.type.layout.kind !== "array") throw new Error("frontend: no array");
  const { item, length } = source.type.layout;
  const { opening, again } = named(source, scope);
  const integer = (value: bigint): Expr => ({ kind: "integer", value, type: numberType, at });
  const counter = newVariable("index", numberType, true, at, scope);
  const index = { kind: "local", variable: counter, type: numberType, at } as const;
  const element: Expr = { kind: "element", object: again, index, layout: item, length, type: typeOfLayout(item), at };
  const id = scope.module.nextId();
  scope.targets.push({ id, labels: labelsOf(node), kind: "loop" });
  const bound = bindItem(name, element, scope);
  const body = flat(convertStatements([node.statement], scope));
  scope.targets.pop();
  return [
    {
      kind: "loop",
      id,
      init: [...opening, { kind: "let", variable: counter, init: integer(0n), at }],
      condition: {
        kind: "compare",
        operator: "<",
        left: local(counter, at),
        right: integer(BigInt(length)),
        type: booleanType,
        at,
      },
      update: { kind: "update", target: index, operator: "+", prefix: true, type: numberType, at },
      body: [...bound, ...body],
      testFirst: true,
      at,
    },
  ];
}

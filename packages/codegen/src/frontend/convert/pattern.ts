// Destructuring: members of structs, objects and the context by name, items of arrays and tuples by place, with defaults
// for what is undefined, and the rest. Names of a declaration become variables, or constants where the source is one.
import { ts } from "ts-morph";
import type { Expr, Statement } from "../../ast/nodes.ts";
import { nothingType, numberType } from "../../ast/types.ts";
import { type Constant, isScalar } from "../values.ts";
import { recordType, settle } from "./coerce.ts";
import { convertExpression, evaluate, named, poison, refuse, type Scope, spanOf } from "./context.ts";
import { declareVariable } from "./declare.ts";
import { memberOf } from "./expressions/access.ts";
import { applyDefault } from "./expressions/logical.ts";
import { constantExpression } from "./expressions/name.ts";
import { describeType, typeOfLayout } from "./types.ts";

/** Declares the names of a pattern, each as a member of `source`. */
export function bindPattern(pattern: ts.BindingPattern, source: Expr, scope: Scope): readonly Statement[] {
  const { opening, again } = named(settle(source, scope), scope);
  const statements: Statement[] = [...scope.pending.splice(0), ...opening];
  for (const [index, element] of pattern.elements.entries()) {
    if (ts.isOmittedExpression(element)) continue;
    statements.push(...bindElement(pattern, element, index, again, scope));
  }
  return statements;
}

function bindElement(
  pattern: ts.BindingPattern,
  element: ts.BindingElement,
  index: number,
  source: Expr,
  scope: Scope,
): readonly Statement[] {
  if (element.dotDotDotToken) {
    const names = ts.isObjectBindingPattern(pattern) ? namesOf(pattern.elements, scope) : undefined;
    return bindName(
      element.name,
      names ? restOf(source, names, element, scope) : itemsOf(source, index, element, scope),
      scope,
    );
  }
  const name = elementName(element, scope);
  const key = ts.isArrayBindingPattern(pattern) ? index : name;
  const found = key === undefined ? refuse("pattern", element, scope) : partOf(source, key, element, scope);
  const value = element.initializer ? applyDefault(found, element.initializer, element, scope) : found;
  const before = scope.pending.splice(0);
  return [...before, ...bindName(element.name, value, scope)];
}

function bindName(name: ts.BindingName, value: Expr, scope: Scope): readonly Statement[] {
  if (!ts.isIdentifier(name)) return bindPattern(name, value, scope);
  if (value.kind === "nothing") {
    bindConstantName(name, { kind: "nothing" }, scope);
    return [];
  }
  return declareVariable(name, value, undefined, scope);
}

/** The name by which an element reads its member; undefined where it is computed at run time. */
function elementName(element: ts.BindingElement, scope: Scope): string | undefined {
  const name = element.propertyName ?? element.name;
  return ts.isObjectBindingPattern(name) || ts.isArrayBindingPattern(name) ? undefined : nameText(name, scope);
}

/** The text of a member's name; undefined where it is computed at run time. */
export function nameText(name: ts.PropertyName, scope: Scope): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name)) return name.text;
  const constant = ts.isComputedPropertyName(name) ? evaluate(name.expression, scope) : undefined;
  return constant?.kind === "string" || constant?.kind === "number" ? String(constant.value) : undefined;
}

function namesOf(elements: ts.NodeArray<ts.BindingElement>, scope: Scope): readonly string[] {
  return elements.flatMap((element) => (element.dotDotDotToken ? [] : [elementName(element, scope) ?? ""]));
}

/** A member by name, or an item by place; `undefined` where TypeScript says that it may be missing. */
export function partOf(source: Expr, key: string | number, node: ts.Node, scope: Scope): Expr {
  return typeof key === "string" ? memberOf(source, key, node, scope) : itemOf(source, key, node, scope);
}

/** One item of an array or a tuple. */
export function itemOf(object: Expr, index: number, node: ts.Node, scope: Scope): Expr {
  const at = spanOf(node, scope);
  if (object.kind === "poison") return poison(at);
  const { type } = object;
  if (type.kind === "tuple") {
    const item = type.items[index];
    return item
      ? { kind: "member", object, name: String(index), type: item, at }
      : { kind: "nothing", type: nothingType, at };
  }
  if (type.kind !== "ref" || type.layout.kind !== "array") {
    return refuse("iteration", node, scope, { message: `${describeType(type)} has no items` });
  }
  const { item: layout, length } = type.layout;
  if (index >= length) return refuse("tableIndex", node, scope);
  const position: Expr = { kind: "integer", value: BigInt(index), type: numberType, at };
  return { kind: "element", object, index: position, layout, length, type: typeOfLayout(layout), at };
}

/** How many items an array or a tuple has; undefined for anything else. */
export function itemCount({ type }: Expr): number | undefined {
  if (type.kind === "tuple") return type.items.length;
  return type.kind === "ref" && type.layout.kind === "array" ? type.layout.length : undefined;
}

/** The items from a place on, as a tuple of its own. */
export function itemsOf(object: Expr, from: number, node: ts.Node, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const count = itemCount(object);
  if (count === undefined) return itemOf(object, from, node, scope);
  const items = Array.from({ length: Math.max(count - from, 0) }, (_, index) =>
    itemOf(object, from + index, node, scope),
  );
  if (items.some((item) => item.kind === "poison")) return poison(at);
  return { kind: "tuple", items, type: { kind: "tuple", items: items.map((item) => item.type) }, at };
}

/** The members that a pattern does not name, as an object of its own. */
export function restOf(object: Expr, taken: readonly string[], node: ts.Node, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const { type } = object;
  if (object.kind === "poison") return object;
  const all =
    type.kind === "record"
      ? type.members.map(({ name }) => name)
      : type.kind === "ref" && type.layout.kind === "struct"
        ? type.layout.fields.map(({ name }) => name)
        : undefined;
  if (!all) return refuse("pattern", node, scope, { message: `the rest of ${describeType(type)}` });
  const members = all
    .filter((name) => !taken.includes(name))
    .map((name) => ({ name, value: memberOf(object, name, node, scope) }));
  return { kind: "record", members, type: recordType(members), at };
}

/** Binds a name or a pattern to a constant, or to parts of it. */
export function bindConstant(name: ts.BindingName, constant: Constant, scope: Scope): readonly Statement[] {
  if (ts.isIdentifier(name)) {
    const symbol = scope.module.symbols.checker.getSymbolAtLocation(name);
    // A variable that changes begins with the constant.
    if (symbol && isScalar(constant) && scope.module.assigned.has(symbol))
      return declareVariable(name, constantExpression(constant, spanOf(name, scope), scope), undefined, scope);
    bindConstantName(name, constant, scope);
    return [];
  }
  const statements: Statement[] = [];
  const taken = ts.isObjectBindingPattern(name) ? namesOf(name.elements, scope) : [];
  for (const [index, element] of name.elements.entries()) {
    if (ts.isOmittedExpression(element)) continue;
    const key = ts.isArrayBindingPattern(name) ? String(index) : elementName(element, scope);
    const part = element.dotDotDotToken ? constantRest(constant, index, taken) : constantPart(constant, key);
    if (!part) refuse("pattern", element, scope);
    else statements.push(...bindConstantPart(element, part, scope));
  }
  return statements;
}

function bindConstantPart(element: ts.BindingElement, part: Constant, scope: Scope): readonly Statement[] {
  if (part.kind !== "nothing" || !element.initializer) return bindConstant(element.name, part, scope);
  const value = evaluate(element.initializer, scope);
  if (value) return bindConstant(element.name, value, scope);
  const converted = convertExpression(element.initializer, scope);
  return [...scope.pending.splice(0), ...bindName(element.name, converted, scope)];
}

function bindConstantName(name: ts.Identifier, constant: Constant, scope: Scope): void {
  const symbol = scope.module.symbols.checker.getSymbolAtLocation(name);
  if (symbol) scope.bindings.set(symbol, { kind: "constant", constant });
}

/** A part of a constant; undefined where it can have none. */
function constantPart(constant: Constant, key: string | undefined): Constant | undefined {
  if (key === undefined) return undefined;
  if (constant.kind === "array") return constant.items[Number(key)] ?? { kind: "nothing" };
  return constant.kind === "object" ? (constant.members.get(key) ?? { kind: "nothing" }) : undefined;
}

function constantRest(constant: Constant, from: number, taken: readonly string[]): Constant | undefined {
  if (constant.kind === "array") return { kind: "array", items: constant.items.slice(from) };
  if (constant.kind !== "object") return undefined;
  return { kind: "object", members: new Map([...constant.members].filter(([name]) => !taken.includes(name))) };
}

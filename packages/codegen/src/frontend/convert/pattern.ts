// Destructuring declarations: members of structs, objects and the context by name, items of arrays and tuples by place.
import { ts } from "ts-morph";
import type { Expr, Statement } from "../../ast/nodes.ts";
import { numberType } from "../../ast/types.ts";
import { settle } from "./coerce.ts";
import { named, poison, refuse, type Scope, spanOf } from "./context.ts";
import { declareVariable } from "./declare.ts";
import { memberOf } from "./expressions/access.ts";
import { typeOfLayout } from "./types.ts";

/** Declares the names of a pattern, each as a member of `source`. */
export function bindPattern(pattern: ts.BindingPattern, source: Expr, scope: Scope): readonly Statement[] {
  const statements: Statement[] = [];
  const { opening, again } = named(settle(source, scope), scope);
  statements.push(...scope.pending.splice(0), ...opening);
  for (const [index, element] of pattern.elements.entries()) {
    if (ts.isOmittedExpression(element)) continue;
    if (element.initializer || element.dotDotDotToken) {
      refuse("pattern", element, scope);
      continue;
    }
    const value = ts.isArrayBindingPattern(pattern)
      ? itemOf(again, index, element, scope)
      : namedMember(again, element, scope);
    if (ts.isIdentifier(element.name)) statements.push(...declareVariable(element.name, value, undefined, scope));
    else statements.push(...bindPattern(element.name, value, scope));
  }
  return statements;
}

function namedMember(object: Expr, element: ts.BindingElement, scope: Scope): Expr {
  const name = element.propertyName ?? element.name;
  if (ts.isIdentifier(name) || ts.isStringLiteral(name)) return memberOf(object, name.text, element, scope);
  return refuse("pattern", element, scope);
}

function itemOf(object: Expr, index: number, element: ts.BindingElement, scope: Scope): Expr {
  const at = spanOf(element, scope);
  if (object.kind === "poison") return poison(at);
  const { type } = object;
  if (type.kind === "tuple") {
    const item = type.items[index];
    return item
      ? { kind: "member", object, name: String(index), type: item, at }
      : refuse("tableIndex", element, scope);
  }
  if (type.kind !== "ref" || type.layout.kind !== "array") return refuse("pattern", element, scope);
  const { item: layout, length } = type.layout;
  if (index >= length) return refuse("tableIndex", element, scope);
  const position: Expr = { kind: "integer", value: BigInt(index), type: numberType, at };
  return { kind: "element", object, index: position, layout, length, type: typeOfLayout(layout), at };
}

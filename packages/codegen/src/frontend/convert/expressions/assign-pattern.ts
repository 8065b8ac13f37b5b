// Destructuring assignments, `[a, b] = [b, a]` and `({ x, y } = point)`: a sequence of plain assignments. As in JavaScript
// the right side is evaluated first, then for each part its place, the part, its default, and the store.
import { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { coerce, settle } from "../coerce.ts";
import { poison, refuse, reusable, type Scope, spanOf } from "../context.ts";
import { itemsOf, nameText, partOf, restOf } from "../pattern.ts";
import { convertPlace } from "../place.ts";
import { flexibleBigint, isAggregate } from "../types.ts";
import { applyDefault } from "./logical.ts";
import { convertValue } from "./name.ts";
import { assignValue } from "./store.ts";

const { SyntaxKind } = ts;

type Pattern = ts.ArrayLiteralExpression | ts.ObjectLiteralExpression;

/** The pattern that an assignment writes to; undefined for a plain place. */
export function patternOf(node: ts.Expression): Pattern | undefined {
  if (ts.isParenthesizedExpression(node)) return patternOf(node.expression);
  return ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node) ? node : undefined;
}

/** `pattern = value`; the value of the whole is the right side. */
export function convertPatternAssignment(pattern: Pattern, node: ts.BinaryExpression, scope: Scope): Expr {
  const source = settle(signed(convertValue(node.right, scope), pattern, scope), scope);
  if (source.kind === "poison") return source;
  const at = spanOf(node, scope);
  const { first, again } = holds(source) ? { first: source, again: source } : reusable(source, scope);
  const steps = assignParts(pattern, again, scope);
  if (steps.some((step) => step.kind === "poison")) return poison(at);
  const items = isStatement(node) ? [first, ...steps] : [first, ...steps, again];
  return { kind: "sequence", items, type: items.at(-1)?.type ?? source.type, at };
}

/** Bigint constants of an array literal take the signs of the places they go to. */
function signed(source: Expr, pattern: Pattern, scope: Scope): Expr {
  if (source.kind !== "tuple" || !ts.isArrayLiteralExpression(pattern)) return source;
  const items = source.items.map((item, index) => {
    const target = pattern.elements[index];
    if (item.type !== flexibleBigint || !target || patternOf(target) || !isPlace(target)) return item;
    const { type } = convertPlace(target, scope);
    return type.kind === "bigint" ? coerce(item, type, scope) : item;
  });
  return { ...source, items, type: { kind: "tuple", items: items.map((item) => item.type) } };
}

function isPlace(node: ts.Expression): boolean {
  return ts.isIdentifier(node) || ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
}

/** True for an object that has a name, which needs no other. */
function holds(source: Expr): boolean {
  return source.kind === "local" && (isAggregate(source.type) || !source.variable.mutable);
}

function isStatement(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return isStatement(parent);
  return ts.isExpressionStatement(parent) || (ts.isForStatement(parent) && parent.condition !== node);
}

/** Assigns the parts of a value to the places of a pattern. */
export function assignParts(pattern: Pattern, source: Expr, scope: Scope): readonly Expr[] {
  return ts.isArrayLiteralExpression(pattern)
    ? pattern.elements.flatMap((element, index) => assignItem(element, index, source, scope))
    : assignMembers(pattern, source, scope);
}

function assignItem(element: ts.Expression, index: number, source: Expr, scope: Scope): readonly Expr[] {
  if (ts.isOmittedExpression(element)) return [];
  if (ts.isSpreadElement(element)) {
    return assignPart(element.expression, itemsOf(source, index, element, scope), undefined, scope);
  }
  const { target, initializer } = withDefault(element);
  return assignPart(target, partOf(source, index, element, scope), initializer, scope);
}

function assignMembers(pattern: ts.ObjectLiteralExpression, source: Expr, scope: Scope): readonly Expr[] {
  const taken: string[] = [];
  return pattern.properties.flatMap((property) => {
    if (ts.isSpreadAssignment(property)) {
      return assignPart(property.expression, restOf(source, taken, property, scope), undefined, scope);
    }
    const name = property.name && nameText(property.name, scope);
    if (name === undefined) return [refuse("pattern", property, scope)];
    taken.push(name);
    const part = partOf(source, name, property, scope);
    if (ts.isShorthandPropertyAssignment(property)) {
      return assignPart(property.name, part, property.objectAssignmentInitializer, scope);
    }
    if (!ts.isPropertyAssignment(property)) return [refuse("pattern", property, scope)];
    const { target, initializer } = withDefault(property.initializer);
    return assignPart(target, part, initializer, scope);
  });
}

/** `target = initializer` inside of a pattern is a place and its default. */
function withDefault(node: ts.Expression): { readonly target: ts.Expression; readonly initializer?: ts.Expression } {
  const assigns = ts.isBinaryExpression(node) && node.operatorToken.kind === SyntaxKind.EqualsToken;
  return assigns ? { target: node.left, initializer: node.right } : { target: node };
}

function assignPart(
  target: ts.Expression,
  part: Expr,
  initializer: ts.Expression | undefined,
  scope: Scope,
): readonly Expr[] {
  const value = initializer ? applyDefault(part, initializer, target, scope) : part;
  if (value.kind === "poison") return [value];
  const pattern = patternOf(target);
  if (pattern) {
    const { first, again } = holds(value) ? { first: value, again: value } : reusable(value, scope);
    return [first, ...assignParts(pattern, again, scope)];
  }
  const place = convertPlace(target, scope);
  return place.kind === "poison" ? [place] : [assignValue(place, value, target, scope)];
}

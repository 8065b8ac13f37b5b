// What fills memory: object and array literals where a schema is expected, whole structs and arrays, integers. The
// layout comes from the position (a map's key, a struct's field), so a literal is checked against it part by part.
import type { ArrayLayout, FieldLayout, Layout, StructLayout } from "@typebpf/abi";
import { ts } from "ts-morph";
import type { Expr, Initializer, StructPart } from "../../ast/nodes.ts";
import { type Constant, isScalar } from "../values.ts";
import { coerce } from "./coerce.ts";
import { convertCondition } from "./condition.ts";
import { constantBytes, textBytes } from "./constant-bytes.ts";
import { convertExpression, evaluate, poison, refuse, type Scope, spanOf } from "./context.ts";
import { constantExpression } from "./expressions/name.ts";
import { describeLayout, describeType, joinTypes, sameLayout, typeOfLayout } from "./types.ts";

/** Without parentheses, `satisfies` and `as const`. */
export function bareExpression(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) || ts.isSatisfiesExpression(node) || ts.isAsExpression(node)
    ? bareExpression(node.expression)
    : node;
}

/** What an expression puts into memory of `layout`; undefined after a finding. */
export function convertInitializer(node: ts.Expression, layout: Layout, scope: Scope): Initializer | undefined {
  const bare = bareExpression(node);
  const constant = evaluate(bare, scope);
  if (constant?.kind === "poison") return undefined;
  if (constant && !isScalar(constant)) return constantInitializer(constant, layout, node, scope);
  if (layout.kind === "struct" && ts.isObjectLiteralExpression(bare)) {
    const parts = convertParts(bare, layout, scope);
    return parts && { kind: "struct", parts, at: spanOf(node, scope) };
  }
  if (layout.kind === "array" && ts.isArrayLiteralExpression(bare)) return arrayInitializer(bare, layout, scope);
  if (layout.kind === "struct" || layout.kind === "array") {
    const value = convertAggregate(node, layout, scope);
    return value.kind === "poison" ? undefined : { kind: "value", value };
  }
  const value = coerce(convertExpression(node, scope), typeOfLayout(layout), scope);
  return value.kind === "poison" ? undefined : { kind: "value", value };
}

/** A reference to a whole struct or array whose bytes can be copied: literals are made on the stack. */
export function convertAggregate(node: ts.Expression, layout: Layout, scope: Scope): Expr {
  const bare = bareExpression(node);
  const at = spanOf(node, scope);
  const type = { kind: "ref", layout, nullable: false } as const;
  const constant = evaluate(bare, scope);
  const literal = ts.isObjectLiteralExpression(bare) || ts.isArrayLiteralExpression(bare);
  if (literal || constant?.kind === "object" || constant?.kind === "array" || constant?.kind === "string") {
    const init = convertInitializer(node, layout, scope);
    return init ? { kind: "construct", layout, init, type, at } : poison(at);
  }
  if (ts.isConditionalExpression(bare) && !constant) {
    const condition = convertCondition(bare.condition, scope);
    const whenTrue = convertAggregate(bare.whenTrue, layout, scope);
    const whenFalse = convertAggregate(bare.whenFalse, layout, scope);
    if (condition.kind === "poison" || whenTrue.kind === "poison" || whenFalse.kind === "poison") return poison(at);
    return { kind: "conditional", condition, whenTrue, whenFalse, type, at };
  }
  return fitAggregate(convertExpression(node, scope), layout, node, scope);
}

/** A converted value whose bytes can be copied into a whole struct or array. */
export function fitAggregate(value: Expr, layout: Layout, node: ts.Node, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const type = { kind: "ref", layout, nullable: false } as const;
  if (value.kind === "poison") return value;
  if (value.type.kind === "ref" && sameLayout(value.type.layout, layout)) return value;
  const init = membersInitializer(value, layout, node, scope);
  if (init) return { kind: "construct", layout, init, type, at };
  return refuse("layoutMismatch", node, scope, {
    message: `${describeType(value.type)} does not fit ${describeLayout(layout)}`,
  });
}

/** An object or tuple in registers, put into memory member by member. */
function membersInitializer(value: Expr, layout: Layout, node: ts.Node, scope: Scope): Initializer | undefined {
  const at = spanOf(node, scope);
  if (layout.kind === "struct" && value.type.kind === "record") {
    const part = spreadPart(value, layout, node, scope);
    return part && { kind: "struct", parts: [part], at };
  }
  if (layout.kind !== "array" || value.type.kind !== "tuple" || value.type.items.length > layout.length)
    return undefined;
  const wanted = typeOfLayout(layout.item);
  if (!value.type.items.every((item) => joinTypes(wanted, item))) return undefined;
  if (value.kind === "tuple") {
    return {
      kind: "array",
      items: value.items.map((item) => ({ kind: "value", value: coerce(item, wanted, scope) })),
      at,
    };
  }
  if (value.kind !== "local") return undefined;
  const items = value.type.items.map((type, index): Initializer => {
    return { kind: "value", value: { kind: "member", object: value, name: String(index), type, at } };
  });
  return { kind: "array", items, at };
}

function arrayInitializer(node: ts.ArrayLiteralExpression, layout: ArrayLayout, scope: Scope): Initializer | undefined {
  if (node.elements.length > layout.length) {
    refuse("tooManyItems", node, scope, {
      message: `${node.elements.length} items for ${describeLayout(layout)}`,
    });
    return undefined;
  }
  if (node.elements.some(ts.isSpreadElement)) return spreadInitializer(node, layout, scope);
  const items: Initializer[] = [];
  for (const element of node.elements) {
    if (ts.isOmittedExpression(element)) {
      refuse("arrayForm", element, scope);
      return undefined;
    }
    const item = convertInitializer(element, layout.item, scope);
    if (!item) return undefined;
    items.push(item);
  }
  return { kind: "array", items, at: spanOf(node, scope) };
}

/** `[...pair, 9]`: the items of a tuple, put into memory one by one. */
function spreadInitializer(
  node: ts.ArrayLiteralExpression,
  layout: ArrayLayout,
  scope: Scope,
): Initializer | undefined {
  const value = convertExpression(node, scope);
  if (value.kind === "poison") return undefined;
  const init = membersInitializer(value, layout, node, scope);
  if (init) return init;
  const message = `${describeType(value.type)} does not fit ${describeLayout(layout)}`;
  refuse("layoutMismatch", node, scope, { message });
  return undefined;
}

/** The parts of an object literal that fills a struct; undefined after a finding. */
export function convertParts(
  node: ts.ObjectLiteralExpression,
  layout: StructLayout,
  scope: Scope,
): readonly StructPart[] | undefined {
  const parts: StructPart[] = [];
  let failed = false;
  if (layout.union && !(node.properties.length <= 1 && node.properties.every((one) => !ts.isSpreadAssignment(one))))
    refuseMembers(node, layout, scope);
  for (const property of node.properties) {
    const part = ts.isSpreadAssignment(property)
      ? convertSpread(property.expression, layout, scope)
      : convertField(property, layout, scope);
    if (part) parts.push(...part);
    else failed = true;
  }
  return failed ? undefined : parts;
}

function refuseMembers(node: ts.Node, layout: StructLayout, scope: Scope): void {
  refuse("unionMembers", node, scope, { message: `several members for ${describeLayout(layout)}` });
}

/** All members of a source, copied over those of a struct; undefined after a finding. */
export function convertSpread(
  node: ts.Expression,
  layout: StructLayout,
  scope: Scope,
): readonly StructPart[] | undefined {
  const bare = bareExpression(node);
  const constant = evaluate(bare, scope);
  if (constant?.kind === "object") {
    const init = constantInitializer(constant, layout, node, scope);
    return init?.kind === "struct" ? init.parts : undefined;
  }
  if (ts.isObjectLiteralExpression(bare)) return convertParts(bare, layout, scope);
  const source = convertExpression(node, scope);
  if (source.kind === "poison") return undefined;
  const part = spreadPart(source, layout, node, scope);
  return part && [part];
}

function spreadPart(source: Expr, layout: StructLayout, node: ts.Node, scope: Scope): StructPart | undefined {
  const { type } = source;
  if (type.kind === "ref" && sameLayout(type.layout, layout)) return { kind: "spread", source };
  const members =
    type.kind === "record"
      ? type.members
      : type.kind === "ref" && type.layout.kind === "struct"
        ? type.layout.fields.map((field) => ({ name: field.name, type: typeOfLayout(field.layout) }))
        : undefined;
  if (!members) {
    refuse("layoutMismatch", node, scope, { message: `${describeType(type)} has no members to copy` });
    return undefined;
  }
  if (layout.union && members.length > 1) {
    refuseMembers(node, layout, scope);
    return undefined;
  }
  for (const member of members) {
    const field = fieldOf(layout, member.name, node, scope);
    if (!field) return undefined;
    if (joinTypes(typeOfLayout(field.layout), member.type)) continue;
    refuse("layoutMismatch", node, scope, {
      message: `${member.name} is ${describeType(member.type)} and does not fit ${describeLayout(field.layout)}`,
    });
    return undefined;
  }
  return { kind: "spread", source };
}

function fieldOf(layout: StructLayout, name: string, at: ts.Node, scope: Scope): FieldLayout | undefined {
  const field = layout.fields.find((one) => one.name === name);
  if (!field) refuse("unknownMember", at, scope, { message: `${describeLayout(layout)} has no field ${name}` });
  return field;
}

function convertField(
  property: Exclude<ts.ObjectLiteralElementLike, ts.SpreadAssignment>,
  layout: StructLayout,
  scope: Scope,
): readonly StructPart[] | undefined {
  const name = propertyName(property, scope);
  if (name === undefined) return undefined;
  const value = ts.isPropertyAssignment(property)
    ? property.initializer
    : ts.isShorthandPropertyAssignment(property)
      ? property.name
      : undefined;
  if (!value) {
    refuse("method", property, scope);
    return undefined;
  }
  const field = fieldOf(layout, name, property, scope);
  const init = field && convertInitializer(value, field.layout, scope);
  return init && field && [{ kind: "field", field, value: init }];
}

/** The name of a member of an object literal; reported where it is computed at run time. */
export function propertyName(property: ts.ObjectLiteralElementLike, scope: Scope): string | undefined {
  const { name } = property;
  if (name && (ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name))) return name.text;
  const constant = name && ts.isComputedPropertyName(name) ? evaluate(name.expression, scope) : undefined;
  if (constant?.kind === "string" || constant?.kind === "number") return String(constant.value);
  refuse("computedName", name ?? property, scope);
  return undefined;
}

/** Text that does not fill an array, for the reason it does not. */
function refuseText(text: string, layout: ArrayLayout, node: ts.Node, scope: Scope): undefined {
  const codes = textBytes(text);
  if (codes && codes.length > layout.length)
    refuse("tooManyItems", node, scope, { message: `${codes.length} characters for ${describeLayout(layout)}` });
  else if (codes) refuse("layoutMismatch", node, scope, { message: `text does not fit ${describeLayout(layout)}` });
  else refuse("operands", node, scope, { message: "the text has characters that are no bytes" });
}

/** What a constant puts into memory. */
export function constantInitializer(
  constant: Constant,
  layout: Layout,
  node: ts.Node,
  scope: Scope,
): Initializer | undefined {
  const at = spanOf(node, scope);
  const bytes = layout.kind === "array" ? constantBytes(constant, layout) : undefined;
  if (bytes) return { kind: "bytes", bytes, at };
  if (constant.kind === "string" && layout.kind === "array") return refuseText(constant.value, layout, node, scope);
  if (constant.kind === "object" && layout.kind === "struct") {
    const parts: StructPart[] = [];
    if (layout.union && constant.members.size > 1) refuseMembers(node, layout, scope);
    for (const [name, member] of constant.members) {
      const field = fieldOf(layout, name, node, scope);
      const value = field && constantInitializer(member, field.layout, node, scope);
      if (!field || !value) return undefined;
      parts.push({ kind: "field", field, value });
    }
    return { kind: "struct", parts, at };
  }
  if (constant.kind === "array" && layout.kind === "array") {
    if (constant.items.length > layout.length) {
      refuse("tooManyItems", node, scope, { message: `${constant.items.length} items for ${describeLayout(layout)}` });
      return undefined;
    }
    const items = constant.items.map((item) => constantInitializer(item, layout.item, node, scope));
    return items.every((item) => item !== undefined) ? { kind: "array", items, at } : undefined;
  }
  if (isScalar(constant) && layout.kind !== "struct" && layout.kind !== "array") {
    const value = coerce(constantExpression(constant, at, scope), typeOfLayout(layout), scope);
    return value.kind === "poison" ? undefined : { kind: "value", value };
  }
  if (constant.kind !== "poison") refuse("layoutMismatch", node, scope);
  return undefined;
}

// Object and array literals that no schema types: records and tuples, members in registers. A literal that begins with
// the spread of a struct, and adds fields of it only, is a copy of that struct in memory.
import type { StructLayout } from "@typebpf/abi";
import { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { isScalar } from "../../values.ts";
import { spreadValues } from "../arguments.ts";
import { recordType } from "../coerce.ts";
import { convertExpression, evaluate, poison, refuse, type Scope, spanOf } from "../context.ts";
import { bareExpression, convertParts, propertyName } from "../initializer.ts";
import { describeType, isAggregate, typeOfLayout } from "../types.ts";
import { constantExpression } from "./name.ts";

/** `{ … }` without a schema. */
export function convertObject(node: ts.ObjectLiteralExpression, scope: Scope): Expr {
  return convertStructCopy(node, scope) ?? convertRecord(node, scope);
}

/** `{ ...flow, port: 1 }`: a copy of the struct, with what follows written over it. */
function convertStructCopy(node: ts.ObjectLiteralExpression, scope: Scope): Expr | undefined {
  const [first] = node.properties;
  if (!first || !ts.isSpreadAssignment(first) || evaluate(first.expression, scope)) return undefined;
  const source = convertExpression(first.expression, scope);
  if (source.kind === "poison") return source;
  if (source.type.kind !== "ref" || source.type.layout.kind !== "struct") return undefined;
  const { layout } = source.type;
  if (layout.union) return refuse("unionMembers", first, scope, { message: "a union has no copy member by member" });
  if (!node.properties.every((property) => staysWithin(property, layout, scope))) return undefined;
  scope.substitutes.set(first.expression, source);
  const parts = convertParts(node, layout, scope);
  scope.substitutes.delete(first.expression);
  const at = spanOf(node, scope);
  if (!parts) return poison(at);
  const type = { kind: "ref", layout, nullable: false } as const;
  return { kind: "construct", layout, init: { kind: "struct", parts, at }, type, at };
}

function staysWithin(property: ts.ObjectLiteralElementLike, layout: StructLayout, scope: Scope): boolean {
  if (ts.isSpreadAssignment(property)) return true;
  const name = propertyName(property, scope);
  return layout.fields.some((field) => field.name === name);
}

interface Member {
  readonly name: string;
  readonly value: Expr;
}

function convertRecord(node: ts.ObjectLiteralExpression, scope: Scope): Expr {
  const members = new Map<string, Expr>();
  let failed = false;
  for (const property of node.properties) {
    const found = ts.isSpreadAssignment(property)
      ? convertRecordSpread(property.expression, scope)
      : convertMember(property, scope);
    if (!found) failed = true;
    for (const { name, value } of found ?? []) replace(members, name, value);
  }
  const at = spanOf(node, scope);
  return failed ? poison(at) : recordOf(members, at);
}

/** What is written over a member is evaluated where it stands, after what was spread before. */
function replace(members: Map<string, Expr>, name: string, value: Expr): void {
  members.delete(name);
  members.set(name, value);
}

function recordOf(members: ReadonlyMap<string, Expr>, at: Expr["at"]): Expr {
  const list = [...members].map(([name, value]) => ({ name, value }));
  return { kind: "record", members: list, type: recordType(list), at };
}

/** `Object.assign({ … }, source, { … })`: a new object, as if all were spread into a literal. */
export function convertMerged(sources: readonly ts.Expression[], node: ts.Node, scope: Scope): Expr {
  const members = new Map<string, Expr>();
  const at = spanOf(node, scope);
  for (const source of sources) {
    const bare = bareExpression(source);
    const literal = ts.isObjectLiteralExpression(bare) ? convertRecord(bare, scope) : undefined;
    const found = literal?.kind === "record" ? literal.members : literal ? undefined : convertRecordSpread(bare, scope);
    if (!found) return poison(at);
    for (const { name, value } of found) {
      const before = members.get(name);
      if (before && hasEffect(before))
        return refuse("objectForm", source, scope, { message: `${name} is computed, and then replaced` });
      replace(members, name, value);
    }
  }
  return recordOf(members, at);
}

const pure: ReadonlySet<Expr["kind"]> = new Set(["integer", "boolean", "nothing", "local", "member", "field"]);

function hasEffect({ kind }: Expr): boolean {
  return !pure.has(kind);
}

function convertMember(
  property: Exclude<ts.ObjectLiteralElementLike, ts.SpreadAssignment>,
  scope: Scope,
): readonly Member[] | undefined {
  const name = propertyName(property, scope);
  if (name === undefined) return undefined;
  if (ts.isPropertyAssignment(property)) return member(name, property.initializer, scope);
  if (ts.isShorthandPropertyAssignment(property)) return member(name, property.name, scope);
  refuse("method", property, scope);
  return undefined;
}

function member(name: string, node: ts.Expression, scope: Scope): readonly Member[] | undefined {
  const value = memberValue(node, scope);
  return value.kind === "poison" ? undefined : [{ name, value }];
}

/** A member's or an item's value: integers, references, and objects that nothing else names. */
function memberValue(node: ts.Expression, scope: Scope): Expr {
  const value = convertExpression(node, scope);
  if (value.kind === "poison") return value;
  if (value.kind === "nothing") return value;
  if (value.type.kind === "nothing") return refuse("noValue", node, scope);
  if (value.type.kind === "context") return refuse("dslPlace", node, scope);
  const fresh = value.kind === "record" || value.kind === "tuple" || value.kind === "call";
  return isAggregate(value.type) && !fresh ? refuse("aliasing", node, scope) : value;
}

function convertRecordSpread(node: ts.Expression, scope: Scope): readonly Member[] | undefined {
  const at = spanOf(node, scope);
  const constant = evaluate(node, scope);
  if (constant?.kind === "object") {
    const members: Member[] = [];
    for (const [name, item] of constant.members) {
      if (!isScalar(item)) {
        refuse("aliasing", node, scope, { message: `${name} is an object of the constant` });
        return undefined;
      }
      members.push({ name, value: constantExpression(item, at, scope) });
    }
    return members.some(({ value }) => value.kind === "poison") ? undefined : members;
  }
  const source = convertExpression(node, scope);
  if (source.kind === "poison") return undefined;
  const { type } = source;
  if (!isRepeatable(source)) {
    refuse("objectForm", node, scope, {
      message: "spread of a value without a name",
      help: "name it by a const first",
    });
    return undefined;
  }
  if (type.kind === "record") {
    if (type.members.some((one) => isAggregate(one.type))) {
      refuse("aliasing", node, scope);
      return undefined;
    }
    return type.members.map((one) => ({
      name: one.name,
      value: { kind: "member", object: source, name: one.name, type: one.type, at },
    }));
  }
  if (type.kind === "ref" && type.layout.kind === "struct") return structMembers(source, type.layout, node, scope);
  const isArray = type.kind === "tuple" || (type.kind === "ref" && type.layout.kind === "array");
  refuse("objectForm", node, scope, {
    message: `spread of ${describeType(type)} into an object`,
    ...(isArray && { help: "an array is copied by its schema, `Name(bytes)`, or by assigning it to a field" }),
  });
  return undefined;
}

/** True for what can be read member by member: a name, or a place behind names. */
function isRepeatable(value: Expr): boolean {
  if (value.kind === "local") return true;
  if (value.kind === "field" || value.kind === "member") return isRepeatable(value.object);
  return value.kind === "element" && isRepeatable(value.object) && value.index.kind === "integer";
}

function structMembers(object: Expr, layout: StructLayout, node: ts.Node, scope: Scope): readonly Member[] {
  const at = spanOf(node, scope);
  return layout.fields.map((field) => {
    const type = typeOfLayout(field.layout);
    const value: Expr = { kind: "field", object, field, layout: field.layout, type, at };
    if (type.kind !== "ref") return { name: field.name, value };
    const init = { kind: "value", value } as const;
    return { name: field.name, value: { kind: "construct", layout: field.layout, init, type, at } };
  });
}

/** `[ … ]` without a schema. */
export function convertArray(node: ts.ArrayLiteralExpression, scope: Scope): Expr {
  const items: Expr[] = [];
  for (const element of node.elements) {
    if (ts.isSpreadElement(element)) {
      const spread = spreadValues(element.expression, scope);
      items.push(...spread.map((item) => (isAggregate(item.type) ? refuse("aliasing", element, scope) : item)));
    } else if (ts.isOmittedExpression(element)) {
      items.push(refuse("arrayForm", element, scope));
    } else {
      items.push(memberValue(element, scope));
    }
  }
  const at = spanOf(node, scope);
  if (items.some((item) => item.kind === "poison")) return poison(at);
  return { kind: "tuple", items, type: { kind: "tuple", items: items.map((item) => item.type) }, at };
}

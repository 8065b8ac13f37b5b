// Members: of structs and arrays in memory, of objects in registers, of the context and its packet, of constant tables.
import { arrayLayout, type ContextFieldRow, fieldsOf, type ScalarLayout, scalarLayouts } from "@typebpf/abi";
import { ts } from "ts-morph";
import type { ContextFieldExpr, Expr, FieldExpr } from "../../../ast/nodes.ts";
import { type AstType, type ContextType, nothingType, numberType, type RefType } from "../../../ast/types.ts";
import type { Constant } from "../../values.ts";
import { coerce } from "../coerce.ts";
import { convertExpression, evaluate, refuse, type Scope, spanOf } from "../context.ts";
import { convertChain, openRoot } from "../optional-chain.ts";
import { describeType, isPacket, isText, type PacketType, type TextType, typeOfLayout } from "../types.ts";
import { bufferOf } from "./buffer.ts";
import { columnOf, tableExpression } from "./table.ts";

/** `object.name`. */
export function convertPropertyAccess(node: ts.PropertyAccessExpression, scope: Scope): Expr {
  if (openRoot(node, scope)) return convertChain(node, scope);
  const column = columnOf(node, scope);
  if (column) return tableExpression(column, node, scope);
  return memberOf(convertExpression(node.expression, scope), node.name.text, node, scope);
}

/** A member of a value by name. */
export function memberOf(object: Expr, name: string, node: ts.Node, scope: Scope): Expr {
  const at = spanOf(node, scope);
  if (object.kind === "poison") return { ...object, at };
  const { type } = object;
  switch (type.kind) {
    case "context":
      if (isText(type)) return textMember(object, type, name, node, scope);
      return isPacket(type) ? packetMember(object, name, node, scope) : contextMember(object, type, name, node, scope);
    case "ref":
      return refMember(object, type, name, node, scope);
    case "record": {
      const member = type.members.find((one) => one.name === name);
      if (member) return { kind: "member", object, name, type: member.type, at };
      // TypeScript knows the member, so it is optional, and this object was made without it.
      return { kind: "nothing", type: nothingType, at };
    }
    case "tuple":
      if (name === "length") return count(object, type.items.length, node, scope);
      break;
  }
  return refuse("unknownProperty", node, scope, { message: `${describeType(type)} has no member ${name}` });
}

function count(object: Expr, length: number, node: ts.Node, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const value: Expr = { kind: "integer", value: BigInt(length), type: numberType, at };
  const pure =
    object.kind === "local" || object.kind === "field" || object.kind === "element" || object.kind === "member";
  return pure ? value : { kind: "sequence", items: [object, value], type: numberType, at };
}

function refMember(object: Expr, type: RefType, name: string, node: ts.Node, scope: Scope): Expr {
  const { layout } = type;
  const at = spanOf(node, scope);
  if (layout.kind === "struct") {
    const field = layout.fields.find((one) => one.name === name);
    if (field) return { kind: "field", object, field, layout: field.layout, type: typeOfLayout(field.layout), at };
  } else if (layout.kind === "array") {
    if (name === "length") return count(object, layout.length, node, scope);
    if (name === "byteLength") return count(object, layout.size, node, scope);
    if (name === "byteOffset" && type.as === "typedArray") return count(object, 0, node, scope);
    if (name === "buffer") return bufferOf(object, node, scope);
  } else if (name === "value") {
    return integerOf(object, node, scope);
  }
  return refuse("unknownProperty", node, scope, { message: `${describeType(type)} has no member ${name}` });
}

/** `.value` of a reference to an integer. */
function integerOf(object: Expr, node: ts.Node, scope: Scope): FieldExpr {
  if (object.type.kind !== "ref") throw new Error("frontend: value of something that is no reference");
  const { layout } = object.type;
  return { kind: "field", object, field: undefined, layout, type: typeOfLayout(layout), at: spanOf(node, scope) };
}

function packetMember(object: Expr, name: string, node: ts.Node, scope: Scope): Expr {
  if (name === "length") return { kind: "packetLength", context: object, type: numberType, at: spanOf(node, scope) };
  return refuse("functionValue", node, scope);
}

function textMember(object: Expr, { text }: TextType, name: string, node: ts.Node, scope: Scope): Expr {
  if (name === "length")
    return { kind: "contextText", context: object, field: text, type: numberType, at: spanOf(node, scope) };
  return refuse("functionValue", node, scope);
}

function contextMember(object: Expr, type: ContextType, name: string, node: ts.Node, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const fields = fieldsOf(type.of);
  if (fields.some(({ is, as = "packet" }) => is === "packet" && as === name)) {
    const view: PacketType = { ...type, view: "packet" };
    return { ...object, type: view, at };
  }
  const field = fields.find((one) => one.as === name && ["integer", "memory", "socket", "text"].includes(one.is));
  if (!field) return refuse("functionValue", node, scope, { message: `ctx.${name} can only be called` });
  if (field.is === "text") {
    const text: TextType = { ...type, text: field.name };
    return { ...object, type: text, at };
  }
  if (field.count === undefined || field.access === "read") return contextField(object, field, at);
  return refuse("dynamicProperty", node, scope, { message: `ctx.${name} has items, and is no value of its own` });
}

function contextField(context: Expr, row: ContextFieldRow, at: Expr["at"], index?: number): ContextFieldExpr {
  const type = row.count !== undefined && index === undefined ? arrayOf(row, row.count) : typeOfField(row);
  return { kind: "contextField", context, field: row.name, ...(index !== undefined && { index }), type, at };
}

function typeOfField({ layout, size, signed, nullable }: ContextFieldRow): AstType {
  if (layout) return { kind: "ref", layout, nullable: nullable === true };
  return size === 8 ? { kind: "bigint", signed: signed === true } : numberType;
}

/** The type of a copy of all items. */
function arrayOf({ size, signed, bigEndian }: ContextFieldRow, count: number): AstType {
  const name = `${signed ? "i" : "u"}${size * 8}${bigEndian ? "be" : ""}`;
  const item = Object.values<ScalarLayout>(scalarLayouts).find((one) => one.name === name);
  if (!item) throw new Error(`frontend: a field of a context has items of ${name}`);
  return { kind: "ref", layout: arrayLayout(item, count), nullable: false };
}

/** `ctx.cb[2]`: the kernel wants the context's offsets to be constant. Undefined for anything else. */
function contextItem(node: ts.ElementAccessExpression, scope: Scope): Expr | undefined {
  const array = node.expression;
  if (!ts.isPropertyAccessExpression(array) || evaluate(array.expression, scope)) return undefined;
  const context = convertExpression(array.expression, scope);
  const { type } = context;
  if (type.kind !== "context" || isPacket(type) || isText(type)) return undefined;
  const row = fieldsOf(type.of).find((one) => one.as === array.name.text);
  if (row?.count === undefined) return undefined;
  const index = evaluate(node.argumentExpression, scope);
  if (index?.kind === "number" && Number.isInteger(index.value) && index.value >= 0 && index.value < row.count)
    return contextField(context, row, spanOf(node, scope), index.value);
  if (row.access === "read" && row.offsets === undefined && index === undefined) return undefined;
  return refuse("dynamicProperty", node.argumentExpression, scope, {
    message: `the index of ctx.${array.name.text} must be a constant from 0 to ${row.count - 1}`,
  });
}

/** `object[index]`. */
export function convertElementAccess(node: ts.ElementAccessExpression, scope: Scope): Expr {
  if (openRoot(node, scope)) return convertChain(node, scope);
  const column = columnOf(node, scope);
  if (column) return tableExpression(column, node, scope);
  const item = contextItem(node, scope);
  if (item) return item;
  const object = convertTableOrValue(node, scope);
  if (object.kind === "poison") return object;
  const name = memberName(evaluate(node.argumentExpression, scope));
  const at = spanOf(node, scope);
  const { type } = object;
  if (type.kind === "ref" && type.layout.kind === "array") {
    const { item, length } = type.layout;
    const index = coerce(convertExpression(node.argumentExpression, scope), numberType, scope);
    if (index.kind === "poison") return index;
    return { kind: "element", object, index, layout: item, length, type: typeOfLayout(item), at };
  }
  if (type.kind === "tuple" && name !== undefined) {
    const item = type.items[Number(name)];
    if (item) return { kind: "member", object, name: String(Number(name)), type: item, at };
    return refuse("tableIndex", node.argumentExpression, scope);
  }
  if (name === undefined) return refuse("dynamicProperty", node.argumentExpression, scope);
  return memberOf(object, name, node, scope);
}

/** A constant object indexed at run time has members, but no order that an index could follow. */
function convertTableOrValue(node: ts.ElementAccessExpression, scope: Scope): Expr {
  const constant = evaluate(node.expression, scope);
  if (constant?.kind === "object") return refuse("dynamicProperty", node.argumentExpression, scope);
  return convertExpression(node.expression, scope);
}

function memberName(index: Constant | undefined): string | undefined {
  return index?.kind === "string" || index?.kind === "number" ? String(index.value) : undefined;
}

// The DSL's operations on bytes: comparisons with text, constant bytes or other bytes, copies, and views of bytes as a schema.
import { arrayLayout, scalarLayouts } from "@typebpf/abi";
import type { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { booleanType, numberType } from "../../../ast/types.ts";
import { coerce } from "../coerce.ts";
import { constantBytes, textBytes } from "../constant-bytes.ts";
import { convertExpression, evaluate, poison, refuse, type Scope, spanOf } from "../context.ts";
import { describeType } from "../types.ts";
import { integer, isByteArray, partOf, refuseSize } from "./buffer.ts";
import { convertCopy } from "./buffer-call.ts";

/** A ref to bytes; reported where it is none. */
function bytesOf(node: ts.Expression, what: string, scope: Scope): Expr {
  const object = convertExpression(node, scope);
  if (object.kind === "poison") return object;
  if (object.type.kind === "ref" && isByteArray(object.type.layout)) return object;
  return refuse("operands", node, scope, { message: `${what} on ${describeType(object.type)}` });
}

function sizeOf(object: Expr): number {
  return object.type.kind === "ref" ? object.type.layout.size : 0;
}

/** What bytes are compared with: constants, or a ref; undefined after a finding. */
function comparedWith(node: ts.Expression, scope: Scope): readonly number[] | Expr | undefined {
  const constant = evaluate(node, scope);
  if (constant?.kind === "poison") return undefined;
  if (!constant) {
    const other = bytesOf(node, "bytesEqual", scope);
    return other.kind === "poison" ? undefined : other;
  }
  const most = arrayLayout(scalarLayouts.u8, Number.MAX_SAFE_INTEGER);
  const bytes = constantBytes(constant, most);
  if (bytes) return bytes;
  const message =
    constant.kind === "string" && !textBytes(constant.value)
      ? "the text has characters that are no bytes"
      : "bytes are compared with text, with a table of bytes or with bytes in memory";
  refuse("operands", node, scope, { message });
  return undefined;
}

/** `bytesEqual(bytes, other)`. */
export function convertBytesEqual(node: ts.CallExpression, scope: Scope): Expr {
  const [bytesNode, otherNode] = node.arguments;
  if (!bytesNode || !otherNode) return refuse("notCallable", node, scope);
  const at = spanOf(node, scope);
  const object = bytesOf(bytesNode, "bytesEqual", scope);
  if (object.kind === "poison") return object;
  const bytes = comparedWith(otherNode, scope);
  if (!bytes) return poison(at);
  const length = "kind" in bytes ? sizeOf(bytes) : bytes.length;
  if (length === sizeOf(object)) return { kind: "bytesEqual", object, bytes, type: booleanType, at };
  const unit = "kind" in bytes ? "bytes" : "characters";
  return refuse("operands", otherNode, scope, { message: `${sizeOf(object)} bytes against ${length} ${unit}` });
}

/** `startsWith(bytes, prefix, offset)`. */
export function convertStartsWith(node: ts.CallExpression, scope: Scope): Expr {
  const [bytesNode, prefixNode, offsetNode] = node.arguments;
  if (!bytesNode || !prefixNode) return refuse("notCallable", node, scope);
  const at = spanOf(node, scope);
  const object = bytesOf(bytesNode, "startsWith", scope);
  if (object.kind === "poison") return object;
  const bytes = comparedWith(prefixNode, scope);
  if (!bytes) return poison(at);
  const length = "kind" in bytes ? sizeOf(bytes) : bytes.length;
  if (length === 0) return { kind: "boolean", value: true, type: booleanType, at };
  const layout = arrayLayout(scalarLayouts.u8, length);
  if (length > sizeOf(object)) return refuseSize(layout, object, prefixNode, scope);
  const offset = offsetNode ? coerce(convertExpression(offsetNode, scope), numberType, scope) : integer(0, at);
  if (offset.kind === "poison") return offset;
  return { kind: "bytesEqual", object: partOf(object, offset, layout, 1, at), bytes, type: booleanType, at };
}

/** `view(bytes, offset, schema)`. */
export function convertView(node: ts.CallExpression, scope: Scope): Expr {
  const [bytesNode, offsetNode, schemaNode] = node.arguments;
  if (!bytesNode || !offsetNode || !schemaNode) return refuse("notCallable", node, scope);
  const object = bytesOf(bytesNode, "view", scope);
  if (object.kind === "poison") return object;
  const offset = coerce(convertExpression(offsetNode, scope), numberType, scope);
  if (offset.kind === "poison") return offset;
  const schema = evaluate(schemaNode, scope);
  if (schema?.kind === "poison") return poison(spanOf(node, scope));
  if (schema?.kind !== "schema" || schema.layout.kind === "bits") {
    return refuse("notConstant", schemaNode, scope, { message: "what the bytes are viewed as must be a schema" });
  }
  if (schema.layout.size > sizeOf(object)) return refuseSize(schema.layout, object, schemaNode, scope);
  return partOf(object, offset, schema.layout, 1, spanOf(node, scope));
}

/** `copy(target, source, offset)`. */
export function convertCopyCall(node: ts.CallExpression, scope: Scope): Expr {
  const [targetNode, sourceNode, offsetNode] = node.arguments;
  if (!targetNode || !sourceNode) return refuse("notCallable", node, scope);
  const object = convertExpression(targetNode, scope);
  if (object.kind === "poison") return object;
  const layout = object.type.kind === "ref" ? object.type.layout : undefined;
  if (layout?.kind === "array") return convertCopy(node, { object, layout, sourceNode, offsetNode }, scope);
  return refuse("operands", targetNode, scope, { message: `copy to ${describeType(object.type)}` });
}

// Methods of the context and of its packet: packet access, and the helpers that rows expose on this program type.
import { type CalleeName, type CalleeRow, calleeNames, callees, methodSince } from "@typebpf/abi";
import type { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { type ContextType, numberType } from "../../../ast/types.ts";
import { socketLookups } from "../../subset.ts";
import { coerce } from "../coerce.ts";
import { convertExpression, poison, refuse, type Scope, spanOf } from "../context.ts";
import { describeType, isPacket, isText, type TextType } from "../types.ts";
import { convertHelper, schemaArgument } from "./call-helper.ts";

/** `ctx.helper(…)` and `ctx.packet.at(offset, schema)`. */
export function convertContextCall(
  node: ts.CallExpression,
  context: Expr,
  type: ContextType,
  name: ts.MemberName,
  scope: Scope,
  result: "free" | "held" = "free",
): Expr {
  if (isText(type)) return convertTextCall(node, context, type, name, scope);
  if (isPacket(type) && name.text === "at") return convertPacketAt(node, context, scope);
  const helper = isPacket(type) ? undefined : helperOf(name.text, type);
  if (helper && result === "free" && socketLookups.has(name.text)) {
    return refuse("reservedRecord", node, scope, {
      message: "a socket of a lookup is held without using",
      help: `write \`using sk = ctx.${name.text}(…);\` as a statement of its own, then \`if (!sk) return …;\``,
    });
  }
  if (helper) return convertHelper(node, context, helper, scope);
  return refuse("unknownProperty", name, scope, { message: `${describeType(type)} has no operation ${name.text}` });
}

/** `ctx.filename.read(schema)`. */
function convertTextCall(
  node: ts.CallExpression,
  context: Expr,
  { text }: TextType,
  name: ts.MemberName,
  scope: Scope,
): Expr {
  const [schema] = node.arguments;
  if (name.text !== "read" || !schema) return refuse("notCallable", node, scope);
  const fills = schemaArgument(schema, scope);
  if (fills === undefined) return refuse("notConstant", schema, scope, { message: "the schema must be a constant" });
  const at = spanOf(node, scope);
  if (fills === "failed") return poison(at);
  return { kind: "contextText", context, field: text, fills, type: { kind: "ref", layout: fills, nullable: true }, at };
}

function helperOf(name: string, type: ContextType): CalleeName | undefined {
  return calleeNames.find((helper) => {
    const row: CalleeRow = callees[helper];
    return row.surface.on === "context" && row.surface.as === name && methodSince(row, type.of.kind) !== undefined;
  });
}

function convertPacketAt(node: ts.CallExpression, context: Expr, scope: Scope): Expr {
  const [offsetNode, schemaNode] = node.arguments;
  if (!offsetNode || !schemaNode) return refuse("notCallable", node, scope);
  const offset = coerce(convertExpression(offsetNode, scope), numberType, scope);
  const layout = schemaArgument(schemaNode, scope);
  if (layout === undefined) {
    return refuse("notConstant", schemaNode, scope, { message: "the schema must be a constant" });
  }
  if (layout === "failed") return poison(spanOf(node, scope));
  if (offset.kind === "poison") return offset;
  const type = { kind: "ref", layout, nullable: true } as const;
  return { kind: "packetAt", context, offset, layout, type, at: spanOf(node, scope) };
}

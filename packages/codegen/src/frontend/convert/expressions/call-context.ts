// Methods of the context and of its packet: packet access, and the helpers that rows expose on this program type.
import { type HelperName, type HelperRow, helperNames, helperSince, helpers } from "@typebpf/abi";
import type { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { type AstType, type ContextType, nothingType, numberType } from "../../../ast/types.ts";
import { coerce, settle } from "../coerce.ts";
import { convertExpression, evaluate, poison, refuse, type Scope, spanOf } from "../context.ts";
import { describeType, isPacket } from "../types.ts";

/** `ctx.helper(…)` and `ctx.packet.at(offset, schema)`. */
export function convertContextCall(
  node: ts.CallExpression,
  context: Expr,
  type: ContextType,
  name: ts.MemberName,
  scope: Scope,
): Expr {
  if (isPacket(type) && name.text === "at") return convertPacketAt(node, context, scope);
  const helper = isPacket(type) ? undefined : helperOf(name.text, type);
  if (helper) return convertHelper(node, context, helper, scope);
  return refuse("unknownProperty", name, scope, { message: `${describeType(type)} has no operation ${name.text}` });
}

function helperOf(name: string, type: ContextType): HelperName | undefined {
  return helperNames.find((helper) => {
    const row: HelperRow = helpers[helper];
    return row.surface.on === "context" && row.surface.as === name && helperSince(row, type.program) !== undefined;
  });
}

function convertPacketAt(node: ts.CallExpression, context: Expr, scope: Scope): Expr {
  const [offsetNode, schemaNode] = node.arguments;
  if (!offsetNode || !schemaNode) return refuse("notCallable", node, scope);
  const offset = coerce(convertExpression(offsetNode, scope), numberType, scope);
  const schema = evaluate(schemaNode, scope);
  if (schema?.kind !== "schema" || schema.layout.kind === "bits") {
    if (schema?.kind !== "poison")
      refuse("notConstant", schemaNode, scope, { message: "the schema must be a constant" });
    return poison(spanOf(node, scope));
  }
  if (offset.kind === "poison") return offset;
  const { layout } = schema;
  const type = { kind: "ref", layout, nullable: true } as const;
  return { kind: "packetAt", context, offset, layout, type, at: spanOf(node, scope) };
}

function convertHelper(node: ts.CallExpression, context: Expr, helper: HelperName, scope: Scope): Expr {
  const row: HelperRow = helpers[helper];
  const at = spanOf(node, scope);
  const wanted = row.args.filter((argument) => argument.is !== "context");
  if (node.arguments.length > wanted.length) return refuse("notCallable", node, scope);
  const args = wanted.map((argument, index): Expr => {
    const given = node.arguments[index];
    // Options come last and are zero where they are left out.
    if (!given) return { kind: "integer", value: 0n, type: numberType, at };
    if (argument.is !== "integer") return refuse("notCallable", given, scope);
    const value = settle(convertExpression(given, scope), scope);
    return value.type.kind === "bigint" && argument.width === 64 ? value : coerce(value, numberType, scope);
  });
  if (args.some((argument) => argument.kind === "poison")) return poison(at);
  return { kind: "helper", helper, context, args, type: resultOf(row), at };
}

function resultOf({ returns }: HelperRow): AstType {
  switch (returns.is) {
    case "status":
      return numberType;
    case "integer":
      return returns.width === 64 ? { kind: "bigint", signed: returns.signed } : numberType;
    case "void":
      return nothingType;
    case "mapValue":
      throw new Error("frontend: a helper on the context gives a map value");
    default:
      return returns satisfies never;
  }
}

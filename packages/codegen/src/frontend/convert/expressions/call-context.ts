// Methods of the context and of its packet: packet access, and the helpers that rows expose on this program type.
import {
  type HelperArg,
  type HelperName,
  type HelperRow,
  helperNames,
  helperSince,
  helpers,
  type Layout,
} from "@typebpf/abi";
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

/** The layout that an argument names; undefined after a report. */
function schemaArgument(node: ts.Expression, scope: Scope): Layout | undefined {
  const schema = evaluate(node, scope);
  if (schema?.kind === "schema" && schema.layout.kind !== "bits") return schema.layout;
  if (schema?.kind !== "poison") refuse("notConstant", node, scope, { message: "the schema must be a constant" });
  return undefined;
}

function convertPacketAt(node: ts.CallExpression, context: Expr, scope: Scope): Expr {
  const [offsetNode, schemaNode] = node.arguments;
  if (!offsetNode || !schemaNode) return refuse("notCallable", node, scope);
  const offset = coerce(convertExpression(offsetNode, scope), numberType, scope);
  const layout = schemaArgument(schemaNode, scope);
  if (!layout) return poison(spanOf(node, scope));
  if (offset.kind === "poison") return offset;
  const type = { kind: "ref", layout, nullable: true } as const;
  return { kind: "packetAt", context, offset, layout, type, at: spanOf(node, scope) };
}

/** True for the arguments that a method has: the context is filled in, and sizes follow from the memory. */
function isWritten({ is }: HelperArg): boolean {
  return is !== "context" && is !== "size";
}

function convertHelper(node: ts.CallExpression, context: Expr, helper: HelperName, scope: Scope): Expr {
  const row: HelperRow = helpers[helper];
  const at = spanOf(node, scope);
  const wanted = row.args.filter(isWritten);
  if (node.arguments.length > wanted.length) return refuse("notCallable", node, scope);
  const args: Expr[] = [];
  let fills: Layout | undefined;
  for (const [index, argument] of wanted.entries()) {
    const given = node.arguments[index];
    if (argument.is === "memoryWrite") fills = given && schemaArgument(given, scope);
    else args.push(convertArgument(argument, given, node, scope));
    if (argument.is === "memoryWrite" && !fills) return poison(at);
  }
  const flags = args.at(-1);
  const bySize = row.args.some((argument) => argument.is === "integer" && argument.bigEndian === "bySize");
  if (bySize && flags && flags.kind !== "integer" && flags.kind !== "poison") {
    return refuse("notConstant", flags.at, scope, {
      message: "the flags must be a constant, because they say how many bytes the field has",
    });
  }
  if (args.some((argument) => argument.kind === "poison")) return poison(at);
  if (!fills) return { kind: "helper", helper, context, args, type: resultOf(row), at };
  return { kind: "helper", helper, context, args, fills, type: { kind: "ref", layout: fills, nullable: true }, at };
}

function convertArgument(
  argument: HelperArg,
  given: ts.Expression | undefined,
  call: ts.CallExpression,
  scope: Scope,
): Expr {
  // Options come last and are zero where they are left out.
  if (!given) return { kind: "integer", value: 0n, type: numberType, at: spanOf(call, scope) };
  if (argument.is === "memoryRead") return memoryArgument(given, argument.nullable === true, scope);
  if (argument.is !== "integer") return refuse("notCallable", given, scope);
  const value = settle(convertExpression(given, scope), scope);
  return value.type.kind === "bigint" && argument.width === 64 ? value : coerce(value, numberType, scope);
}

function memoryArgument(given: ts.Expression, nullable: boolean, scope: Scope): Expr {
  const value = convertExpression(given, scope);
  const { type } = value;
  if (value.kind === "poison" || type.kind === "ref" || (nullable && type.kind === "nothing")) return value;
  return refuse("typesDiffer", given, scope, {
    message: `${describeType(type)} where a reference to memory is expected`,
  });
}

function resultOf({ returns }: HelperRow): AstType {
  switch (returns.is) {
    case "status":
    case "length":
      return numberType;
    case "integer":
      return returns.width === 64 ? { kind: "bigint", signed: returns.signed } : numberType;
    case "void":
      return nothingType;
    case "mapValue":
    case "record":
    case "socket":
    case "kernelPointer":
    case "dynptrMemory":
      throw new Error("frontend: a helper on the context gives a pointer that is no ref");
    default:
      return returns satisfies never;
  }
}

// Calls of helpers that rows expose as methods of the context: what the author writes, by what the row's arguments must be.
// The context and sizes are filled in; memory to fill is a schema, or memory of the author's.
import {
  type CalleeName,
  type CalleeRow,
  callees,
  type HelperArg,
  type Layout,
  scalarLayouts,
  socketLayouts,
  socketOf,
} from "@typebpf/abi";
import type { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { type AstType, nothingType, numberType } from "../../../ast/types.ts";
import { coerce, settle } from "../coerce.ts";
import { convertExpression, evaluate, poison, refuse, type Scope, spanOf } from "../context.ts";
import { describeType } from "../types.ts";

/** What the arguments of one call are, before they are in the row's order. */
interface Arguments {
  readonly values: Map<string, Expr>;
  fills?: Layout;
  text?: string;
  failed: boolean;
  /** Values behind the others, as many as there are. */
  readonly rest: Expr[];
}

/** True for the arguments that a method has: the context is filled in, and sizes follow from the memory. */
function isWritten({ is }: HelperArg): boolean {
  return is !== "context" && is !== "size" && is !== "fixedWrite" && is !== "fieldWrite" && is !== "sequence";
}

/** The row's arguments in the order of the method's. */
function methodArguments(row: CalleeRow): readonly HelperArg[] {
  const written = row.args.filter(isWritten);
  const order = row.surface.on === "context" ? row.surface.order : undefined;
  return order ? order.flatMap((name) => written.filter((arg) => arg.name === name)) : written;
}

/** `ctx.helper(…)`. */
export function convertHelper(node: ts.CallExpression, context: Expr, helper: CalleeName, scope: Scope): Expr {
  const row: CalleeRow = callees[helper];
  const at = spanOf(node, scope);
  const wanted = methodArguments(row);
  const many = wanted.at(-1)?.is === "values";
  if (!many && node.arguments.length > wanted.length) return refuse("notCallable", node, scope);
  const given: Arguments = { values: new Map(), rest: [], failed: false };
  const written = row.args.find((arg) => arg.is === "fixedWrite" || arg.is === "fieldWrite");
  if (written) given.fills = writtenLayout(written);
  for (const [index, argument] of wanted.entries())
    convertArgument(argument, node.arguments[index], node, given, scope);
  if (given.failed) return poison(at);
  if (many) given.rest.push(...node.arguments.slice(wanted.length - 1).map((one) => valueArgument(one, scope)));
  if (given.rest.some(({ kind }) => kind === "poison")) return poison(at);
  const args = [...row.args.flatMap((arg) => given.values.get(arg.name) ?? []), ...given.rest];
  const flags = args.at(-1);
  const bySize = row.args.some((argument) => argument.is === "integer" && argument.bigEndian === "bySize");
  if (bySize && flags && flags.kind !== "integer") {
    return refuse("notConstant", flags.at, scope, {
      message: "the flags must be a constant, because they say how many bytes the field has",
    });
  }
  const { fills, text } = given;
  const type: AstType = fills ? { kind: "ref", layout: fills, nullable: true } : resultOf(row);
  return {
    kind: "helper",
    helper,
    context,
    args,
    ...(fills && { fills }),
    ...(text !== undefined && { text }),
    type,
    at,
  };
}

function writtenLayout(arg: Extract<HelperArg, { readonly is: "fixedWrite" | "fieldWrite" }>): Layout {
  if (arg.is === "fieldWrite") return arg.layout;
  if (arg.bytes === 4) return arg.signed ? scalarLayouts.i32 : scalarLayouts.u32;
  return arg.signed ? scalarLayouts.i64 : scalarLayouts.u64;
}

/** Puts what stands for an argument to the others. */
function convertArgument(
  argument: HelperArg,
  given: ts.Expression | undefined,
  call: ts.CallExpression,
  into: Arguments,
  scope: Scope,
): void {
  if (argument.is === "memoryWrite") {
    const layout = given && schemaArgument(given, scope);
    if (layout === "failed") into.failed = true;
    else if (layout) into.fills = layout;
    if (layout) return;
  }
  if (argument.is === "values") return;
  if (argument.is === "constantString" || argument.is === "format") {
    const text = given && evaluate(given, scope);
    if (text?.kind === "string" && !text.value.includes("\0")) into.text = text.value;
    else {
      into.failed = true;
      refuse("notConstant", given ?? call, scope, { message: `the argument ${argument.name} must be a constant text` });
    }
    return;
  }
  const value = argumentValue(argument, given, call, scope);
  if (value.kind === "poison") into.failed = true;
  into.values.set(argument.name, value);
}

/** One of any number of values. */
function valueArgument(given: ts.Expression, scope: Scope): Expr {
  const value = settle(convertExpression(given, scope), scope);
  return value.type.kind === "bigint" ? value : coerce(value, numberType, scope);
}

function argumentValue(
  argument: HelperArg,
  given: ts.Expression | undefined,
  call: ts.CallExpression,
  scope: Scope,
): Expr {
  switch (argument.is) {
    case "integer":
      return integerArgument(argument, given, call, scope);
    case "memoryRead":
      return memoryArgument(given, call, scope, argument);
    case "memoryWrite":
    case "memoryUpdate":
      return memoryArgument(given, call, scope);
    case "socket":
      return socketArgument(argument, given, call, scope);
    case "fixedRead":
    case "fixedUpdate":
      return fixedArgument(argument, given, call, scope);
    default:
      return refuse("notCallable", call, scope);
  }
}

/** Options come last and have their default where they are left out. */
function integerArgument(
  argument: Extract<HelperArg, { readonly is: "integer" }>,
  given: ts.Expression | undefined,
  call: ts.CallExpression,
  scope: Scope,
): Expr {
  if (!given)
    return { kind: "integer", value: BigInt(argument.default ?? 0), type: numberType, at: spanOf(call, scope) };
  const value = settle(convertExpression(given, scope), scope);
  return value.type.kind === "bigint" && argument.width === 64 ? value : coerce(value, numberType, scope);
}

/** The layout that an argument names; "failed" after a report, undefined where it is no schema. */
export function schemaArgument(node: ts.Expression, scope: Scope): Layout | "failed" | undefined {
  const schema = evaluate(node, scope);
  if (schema?.kind === "schema" && schema.layout.kind !== "bits") return schema.layout;
  return schema?.kind === "poison" ? "failed" : undefined;
}

function memoryArgument(
  given: ts.Expression | undefined,
  call: ts.CallExpression,
  scope: Scope,
  also: { readonly nullable?: true; readonly number?: true } = {},
): Expr {
  if (!given) return refuse("notCallable", call, scope);
  const value = settle(convertExpression(given, scope), scope);
  const { type } = value;
  if (value.kind === "poison" || type.kind === "ref") return value;
  if (also.nullable && type.kind === "nothing") return value;
  if (also.number && type.kind === "number") return value;
  return refuse("typesDiffer", given, scope, {
    message: `${describeType(type)} where a reference to memory is expected`,
  });
}

function fixedArgument(
  { bytes }: Extract<HelperArg, { readonly is: "fixedRead" | "fixedUpdate" }>,
  given: ts.Expression | undefined,
  call: ts.CallExpression,
  scope: Scope,
): Expr {
  const value = memoryArgument(given, call, scope);
  if (value.type.kind !== "ref" || value.type.layout.size >= bytes) return value;
  return refuse("typesDiffer", given ?? call, scope, {
    message: `${value.type.layout.size} bytes where ${bytes} are expected`,
  });
}

/** A socket of the kernel; poison after a report. */
export function socketArgument(
  { nullable }: Extract<HelperArg, { readonly is: "socket" }>,
  given: ts.Expression | undefined,
  call: ts.CallExpression,
  scope: Scope,
): Expr {
  const value = memoryArgument(given, call, scope, nullable ? { nullable } : {});
  if (value.type.kind !== "ref" || socketOf(value.type.layout)) return value;
  return refuse("typesDiffer", given ?? call, scope, {
    message: `${describeType(value.type)} where a socket is expected`,
  });
}

function resultOf({ returns, symbol }: CalleeRow): AstType {
  switch (returns.is) {
    case "status":
    case "length":
      return numberType;
    case "integer":
      return returns.width === 64 ? { kind: "bigint", signed: returns.signed } : numberType;
    case "void":
      return nothingType;
    case "socket":
      return { kind: "ref", layout: socketLayouts[returns.of], nullable: true };
    case "mapValue":
    case "record":
    case "kernelPointer":
    case "dynptrMemory":
      throw new Error(`frontend: ${symbol} on the context gives a pointer that is no ref`);
    default:
      return returns satisfies never;
  }
}

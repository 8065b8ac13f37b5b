// Operations of maps that are helpers, by the helper's row: the map and sizes are filled in, keys and values are what the
// map's layouts say, the context is the program's own, and options come last, wherever the helper has them.
import {
  type CalleeName,
  type CalleeRow,
  calleeNames,
  callees,
  type HelperArg,
  helperSince,
  type Layout,
  type MapTypeName,
} from "@typebpf/abi";
import type { ts } from "ts-morph";
import type { Expr, Initializer, MapArgument } from "../../../ast/nodes.ts";
import { type AstType, booleanType, nothingType, numberType } from "../../../ast/types.ts";
import type { MapConstant } from "../../values.ts";
import { coerce, settle } from "../coerce.ts";
import { convertExpression, evaluate, poison, refuse, type Scope, spanOf } from "../context.ts";
import { convertInitializer } from "../initializer.ts";
import { describeType } from "../types.ts";
import { socketArgument } from "./call-helper.ts";

/** Sets have other names for what queues do. */
const setOperations: Readonly<Record<string, CalleeName>> = { add: "mapPushElem", has: "mapPeekElem" };

/** Numbers of the author's that are flags of the kernel: they go before the option `flags`, and are joined with it. */
const joinedFlags: { readonly [K in CalleeName]?: string } = { redirectMap: "otherwise" };

/** The helpers that an operation of maps of a type may be, by the type of the program; none where it is no helper. */
function helpersOf(type: MapTypeName, operation: string): readonly CalleeName[] {
  const own = type === "bloomFilter" ? setOperations[operation] : undefined;
  if (own) return [own];
  return calleeNames.filter((name) => {
    const { surface }: CalleeRow = callees[name];
    return surface.on === "map" && surface.as === operation && surface.maps?.includes(type);
  });
}

/** The helper that a call of an operation is; undefined where it is none. */
export function mapHelperOf(
  node: ts.CallExpression,
  type: MapTypeName,
  operation: string,
  scope: Scope,
): CalleeName | undefined {
  const [first, ...others] = helpersOf(type, operation);
  if (!first || others.length === 0) return first;
  // Those of several are told apart by the program whose context is the first argument.
  const context = node.arguments[0] && convertExpression(node.arguments[0], scope).type;
  const program = context?.kind === "context" ? context.program : undefined;
  return [first, ...others].find((name) => program && helperSince(callees[name], program) !== undefined) ?? first;
}

/** What the author writes, in order; the task that runs, and whether a missing value is made, are filled in. */
function written(row: CalleeRow, isSet: boolean): readonly HelperArg[] {
  const makes = row.args.some((arg) => arg.is === "mapValue" && arg.nullable);
  const all = row.args.filter(({ is, name }) => {
    if (is === "map" || is === "size" || is === "kernelPointer" || (makes && name === "flags")) return false;
    return is !== "mapValueOut" || isSet;
  });
  const isOption = (arg: HelperArg): boolean => arg.is === "integer" && arg.optional === true;
  return [...all.filter((arg) => !isOption(arg)), ...all.filter(isOption)];
}

/** `map.operation(…)`. */
export function convertMapHelper(
  node: ts.CallExpression,
  map: MapConstant,
  helper: CalleeName,
  scope: Scope,
  handle?: Expr,
): Expr {
  const row: CalleeRow = callees[helper];
  const at = spanOf(node, scope);
  const isSet = map.spec.type === "bloomFilter";
  const wanted = written(row, isSet);
  const joined = joinedFlags[helper];
  const given = [...node.arguments];
  const args: MapArgument[] = [];
  for (const arg of wanted) {
    const isFlags = joined !== undefined && arg.name === "flags";
    const first = isFlags ? given.shift() : undefined;
    if (isFlags && !first) return refuse("notCallable", node, scope);
    const own = given.shift();
    const init = isFlags ? joinFlags(first, own, scope) : convertArgument(arg, own, map, node, scope);
    if (init === "failed") return poison(at);
    if (init) args.push({ name: arg.name, init });
  }
  if (given.length > 0) return refuse("notCallable", node, scope);
  const call = { kind: "mapHelper", helper, map: map.spec.name, ...(handle && { handle }), args, at } as const;
  if (isSet && helper === "mapPeekElem") {
    const right: Expr = { kind: "integer", value: 0n, type: numberType, at };
    return { kind: "compare", operator: "===", left: { ...call, type: numberType }, right, type: booleanType, at };
  }
  return { ...call, type: isSet ? numberType : resultOf(row, map.spec.value) };
}

/** What fills an argument; undefined for one that is left out or filled in. */
function convertArgument(
  arg: HelperArg,
  given: ts.Expression | undefined,
  map: MapConstant,
  call: ts.CallExpression,
  scope: Scope,
): Initializer | "failed" | undefined {
  if (!given) {
    if ((arg.is === "integer" && arg.optional) || (arg.is === "mapValue" && arg.nullable)) return undefined;
    refuse("notCallable", call, scope);
    return "failed";
  }
  switch (arg.is) {
    case "context":
      return isContext(given, scope) ? undefined : "failed";
    case "mapKey":
      return convertInitializer(given, map.spec.key, scope) ?? "failed";
    case "mapValue":
    case "mapValueOut":
      return convertInitializer(given, map.spec.value, scope) ?? "failed";
    case "memoryRead":
      return convertInitializer(given, map.spec.record ?? map.spec.value, scope) ?? "failed";
    case "integer":
      return integerOf(arg, given, map, scope);
    case "socket":
      return socketOwner(arg, given, call, scope);
    default:
      throw new Error(`frontend: ${arg.name} is no argument of an operation of a map`);
  }
}

function isContext(given: ts.Expression, scope: Scope): boolean {
  const value = convertExpression(given, scope);
  if (value.kind === "poison" || value.type.kind === "context") return value.kind !== "poison";
  const message = `${describeType(value.type)} where the program's context is expected`;
  refuse("typesDiffer", given, scope, { message });
  return false;
}

/** A socket; nothing where the context is the one (struct bpf_sock of cgroup_sock programs). */
function socketOwner(
  arg: Extract<HelperArg, { readonly is: "socket" }>,
  given: ts.Expression,
  call: ts.CallExpression,
  scope: Scope,
): Initializer | "failed" | undefined {
  const { kind, type } = convertExpression(given, scope);
  if (kind === "poison") return "failed";
  if (type.kind === "context" && type.program === "cgroup_sock") return undefined;
  const value = socketArgument(arg, given, call, scope);
  return value.kind === "poison" ? "failed" : { kind: "value", value };
}

function integerOf(
  arg: Extract<HelperArg, { readonly is: "integer" }>,
  given: ts.Expression,
  map: MapConstant,
  scope: Scope,
): Initializer | "failed" {
  const slot = slotOf(given, map, scope);
  if (slot !== undefined) return slot;
  const value = settle(convertExpression(given, scope), scope);
  const fits = value.type.kind === "bigint" && arg.width === 64 && !arg.plain;
  const number = fits ? value : coerce(value, numberType, scope);
  return number.kind === "poison" ? "failed" : { kind: "value", value: number };
}

/** The slot that a constant name stands for; undefined where it is no name. */
function slotOf(given: ts.Expression, map: MapConstant, scope: Scope): Initializer | "failed" | undefined {
  const constant = map.slots && evaluate(given, scope);
  if (constant?.kind !== "string") return undefined;
  const slot = map.slots?.indexOf(constant.value) ?? -1;
  if (slot >= 0) {
    return {
      kind: "value",
      value: { kind: "integer", value: BigInt(slot), type: numberType, at: spanOf(given, scope) },
    };
  }
  refuse("unknownProperty", given, scope, { message: `${map.spec.name} has no slot "${constant.value}"` });
  return "failed";
}

function joinFlags(
  first: ts.Expression | undefined,
  second: ts.Expression | undefined,
  scope: Scope,
): Initializer | "failed" {
  const [left, right] = [first, second].map((one) => one && coerce(convertExpression(one, scope), numberType, scope));
  if (!left || left.kind === "poison" || right?.kind === "poison") return "failed";
  const { at } = left;
  const value: Expr = right ? { kind: "binary", operator: "|", left, right, type: numberType, at } : left;
  return { kind: "value", value };
}

function resultOf({ returns, args }: CalleeRow, value: Layout): AstType {
  if (args.some(({ is }) => is === "mapValueOut")) return { kind: "ref", layout: value, nullable: true };
  switch (returns.is) {
    case "status":
      return numberType;
    case "integer":
      return returns.width === 64 ? { kind: "bigint", signed: returns.signed } : numberType;
    case "mapValue":
      return { kind: "ref", layout: value, nullable: returns.nullable };
    case "void":
      return nothingType;
    default:
      throw new Error(`frontend: an operation of a map gives a ${returns.is}`);
  }
}

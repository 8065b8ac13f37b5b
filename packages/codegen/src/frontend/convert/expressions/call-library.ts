// The library on values of run time: Math, BigInt, Boolean, Object.assign. On constants it was evaluated before.
import { ts } from "ts-morph";
import type { Expr, MathExpr } from "../../../ast/nodes.ts";
import { booleanType, nothingType, numberType, unsignedBigint } from "../../../ast/types.ts";
import { spreadValues } from "../arguments.ts";
import { coerce, lowBits, present, settle } from "../coerce.ts";
import { convertCondition } from "../condition.ts";
import { convertExpression, evaluate, poison, refuse, type Scope, spanOf } from "../context.ts";
import { describeType, flexibleBigint } from "../types.ts";
import { convertIntegerDivision, divisionOf } from "./division.ts";
import { convertAssignAll } from "./object-assign.ts";

/** `BigInt(x)`, `Boolean(x)`. */
export function convertGlobalCall(node: ts.CallExpression, name: string, scope: Scope): Expr {
  const [argument] = node.arguments;
  if (argument && name === "Boolean") return convertCondition(argument, scope);
  if (argument && name === "Number") return toNumber(present(convertExpression(argument, scope)), argument, scope);
  if (!argument || name !== "BigInt") return refuse("notCallable", node.expression, scope);
  const value = present(convertExpression(argument, scope));
  const at = spanOf(node, scope);
  if (value.kind === "poison" || value.type.kind === "bigint") return value;
  if (value.type.kind === "boolean")
    return { kind: "conditional", condition: value, ...bits(at), type: unsignedBigint, at };
  const number = coerce(value, numberType, scope);
  return number.kind === "poison" ? number : { kind: "toBigint", value: number, type: flexibleBigint, at };
}

/** A number, a bigint or a boolean as a number. */
export function toNumber(value: Expr, node: ts.Node, scope: Scope): Expr {
  const settled = settle(value, scope);
  const { type } = settled;
  const at = spanOf(node, scope);
  if (settled.kind === "poison" || type.kind === "number") return settled;
  if (type.kind === "bigint") return { kind: "toNumber", value: settled, type: numberType, at };
  if (type.kind !== "boolean") {
    return refuse("operands", node, scope, { message: `${describeType(type)} as a number` });
  }
  const bit = (one: bigint): Expr => ({ kind: "integer", value: one, type: numberType, at });
  return { kind: "conditional", condition: settled, whenTrue: bit(1n), whenFalse: bit(0n), type: numberType, at };
}

/** What `Number.is…` says of every exact integer. */
const ofIntegers: Readonly<Record<string, boolean>> = {
  isInteger: true,
  isSafeInteger: true,
  isFinite: true,
  isNaN: false,
};

function convertNumberTest(node: ts.CallExpression, answer: boolean, scope: Scope): Expr {
  const [argument] = node.arguments;
  if (!argument) return refuse("notCallable", node, scope);
  const value = settle(convertExpression(argument, scope), scope);
  const at = spanOf(node, scope);
  if (value.kind === "poison") return value;
  if (value.type.kind === "number" && value.type.nullable && answer) {
    const right: Expr = { kind: "nothing", type: nothingType, at };
    return { kind: "compare", operator: "!==", left: value, right, type: booleanType, at };
  }
  const known: Expr = { kind: "boolean", value: answer && value.type.kind === "number", type: booleanType, at };
  return { kind: "sequence", items: [value, known], type: booleanType, at };
}

function bits(at: Expr["at"]): { readonly whenTrue: Expr; readonly whenFalse: Expr } {
  const bit = (value: bigint): Expr => ({ kind: "integer", value, type: unsignedBigint, at });
  return { whenTrue: bit(1n), whenFalse: bit(0n) };
}

/** `Math.min(…)`, `BigInt.asUintN(…)`, `Object.assign(…)`. */
export function convertGlobalMethod(node: ts.CallExpression, owner: string, name: string, scope: Scope): Expr {
  if (owner === "Math") return convertMath(node, name, scope);
  if (owner === "BigInt" && (name === "asUintN" || name === "asIntN")) return convertWrap(node, name, scope);
  if (owner === "Object" && name === "assign") return convertAssignAll(node, scope);
  const ofInteger = owner === "Number" && Object.hasOwn(ofIntegers, name) ? ofIntegers[name] : undefined;
  if (ofInteger !== undefined) return convertNumberTest(node, ofInteger, scope);
  return refuse("notCallable", node.expression, scope);
}

/** Functions that give an integer back as it is, and make one of a division. */
function isRounding(name: string): name is "trunc" | "floor" | "ceil" | "round" {
  return name === "trunc" || name === "floor" || name === "ceil" || name === "round";
}

const arity: Readonly<Record<MathExpr["function"], number | "any">> = {
  imul: 2,
  min: "any",
  max: "any",
  abs: 1,
  clz32: 1,
  sign: 1,
};

function convertMath(node: ts.CallExpression, name: string, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const [first] = node.arguments;
  if (!first) return refuse("notCallable", node, scope);
  const division = isRounding(name) ? divisionOf(first, scope) : undefined;
  if (division && isRounding(name)) return convertIntegerDivision(division, name, node, scope);
  const values = node.arguments.flatMap((argument) =>
    ts.isSpreadElement(argument) ? spreadValues(argument.expression, scope) : [convertExpression(argument, scope)],
  );
  const args = values.map((value) => coerce(value, numberType, scope));
  const [only] = args;
  if (!only || args.some((argument) => argument.kind === "poison")) return poison(at);
  if (isRounding(name)) return only;
  const known = mathFunction(name);
  if (!known) return refuse("notCallable", node.expression, scope);
  if (arity[known] === "any" && args.length === 1) return only;
  return { kind: "math", function: known, args, type: numberType, at };
}

function mathFunction(name: string): MathExpr["function"] | undefined {
  return Object.hasOwn(arity, name) ? (name as MathExpr["function"]) : undefined;
}

function convertWrap(node: ts.CallExpression, name: "asUintN" | "asIntN", scope: Scope): Expr {
  const [bitsNode, valueNode] = node.arguments;
  const count = bitsNode && evaluate(bitsNode, scope);
  if (!valueNode || count?.kind !== "number" || !Number.isInteger(count.value) || count.value < 0 || count.value > 64) {
    return refuse("notConstant", bitsNode ?? node, scope, { message: "the number of bits is a constant from 0 to 64" });
  }
  const value = present(lowBits(convertExpression(valueNode, scope), scope));
  if (value.kind === "poison") return value;
  if (value.type.kind !== "bigint") {
    return refuse("operands", valueNode, scope, { message: `BigInt.${name} of ${describeType(value.type)}` });
  }
  const signed = name === "asIntN";
  return { kind: "wrap", bits: count.value, signed, value, type: { kind: "bigint", signed }, at: spanOf(node, scope) };
}

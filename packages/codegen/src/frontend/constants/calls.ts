// Calls that are constants: schemas, casts of constants, sizes and offsets, and Math and BigInt on constants.
// The DSL's own functions make the schemas, so that sizes, counts and names are checked in one place.
import type { ScalarLayout } from "@typebpf/abi";
import { ts } from "ts-morph";
import { type Constant, isScalar, poisonConstant } from "../values.ts";
import { changeArray } from "./assignments.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Budget } from "./frame.ts";
import { budgetOf, callFunction } from "./functions.ts";
import { arrayMethod, changingMethods, libraryCast, libraryFunction } from "./library.ts";
import { mapConstant } from "./maps.ts";
import { wrap } from "./operators.ts";
import type { Call } from "./plain.ts";
import { fromRuntime, toRuntime } from "./runtime.ts";
import { scalarMethod, stringMethod } from "./texts.ts";

/** Math functions on constants. */
const mathFunctions: Readonly<Record<string, (...values: number[]) => number>> = {
  trunc: Math.trunc,
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  abs: Math.abs,
  sign: Math.sign,
  min: Math.min,
  max: Math.max,
  imul: Math.imul,
  clz32: Math.clz32,
};

/** The constant that a call gives; undefined where it is left to run time. */
export function evaluateCall(node: ts.CallExpression, evaluation: Evaluation): Constant | undefined {
  const callee = evaluation.evaluate(node.expression);
  if (callee?.kind === "poison") return callee;
  if (callee?.kind === "dsl") return dslCall(node, callee, evaluation);
  if (callee?.kind === "schema") {
    return callee.layout.kind === "scalar" ? castConstant(node, callee.layout, evaluation) : undefined;
  }
  if (callee?.kind === "global" && callee.name === "BigInt") return toBigint(argumentsOf(node, evaluation));
  if (callee?.kind === "global") {
    const values = argumentsOf(node, evaluation);
    return values && libraryCast(callee.name, values);
  }
  if (callee?.kind === "function") return functionCall(node, callee, evaluation);
  if (ts.isPropertyAccessExpression(node.expression)) return methodCall(node, node.expression, evaluation);
  return undefined;
}

function argumentsOf(node: ts.CallExpression, evaluation: Evaluation): readonly Constant[] | undefined {
  const values: Constant[] = [];
  for (const argument of node.arguments) {
    const value = ts.isSpreadElement(argument) ? undefined : evaluation.evaluate(argument);
    if (!value) return undefined;
    values.push(value);
  }
  return values;
}

const schemaMakers: ReadonlySet<string> = new Set([
  "structSchema",
  "arraySchema",
  "bitField",
  "sizeOf",
  "offsetOf",
  "address",
]);

/** A function of the author's. In a program, only integers come of it at compile time: objects are made at run time. */
function functionCall(
  node: ts.CallExpression,
  callee: Extract<Constant, { readonly kind: "function" }>,
  evaluation: Evaluation,
): Constant | undefined {
  const values = argumentsOf(node, evaluation);
  if (!values || values.some(({ kind }) => kind === "map" || kind === "program")) return undefined;
  const budget = budgetOf(evaluation);
  const result = callFunction(callee, values, evaluation, budget);
  if (isSpent(node, budget, evaluation)) return poisonConstant;
  if (!result || evaluation.top || evaluation.scope.frame) return result;
  return isScalar(result) && result.kind !== "nothing" ? result : undefined;
}

/** True after reporting that an evaluation at the top of a module took too long. */
function isSpent(node: ts.Node, budget: Budget, { top, reporter, scope }: Evaluation): boolean {
  const spent = budget.exhausted && top && !scope.frame;
  if (spent) reporter.report("evaluationBudget", node);
  return spent;
}

/** Calls what a library function was given. */
function callerIn(node: ts.Node, evaluation: Evaluation, budget: Budget): Call {
  return (callee, args) => {
    if (!budget.spend()) return undefined;
    if (callee.kind === "function") return callFunction(callee, args, evaluation, budget);
    if (callee.kind === "global") return callee.name === "BigInt" ? toBigint(args) : libraryCast(callee.name, args);
    if (callee.kind === "schema" && callee.layout.kind === "scalar") return castOf(args[0], callee.layout);
    if (callee.kind !== "dsl" || callee.entry.intrinsic?.kind !== "address") return undefined;
    const { value, name } = callee.entry;
    if (typeof value !== "function") return undefined;
    return runDsl(node, name, () => Reflect.apply(value, undefined, args.slice(0, 1).map(toRuntime)), evaluation);
  };
}

/** A method of a constant array, text or number. */
function constantMethod(
  node: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
  object: Constant,
  evaluation: Evaluation,
): Constant | undefined {
  const values = argumentsOf(node, evaluation);
  if (!values) return undefined;
  const name = callee.name.text;
  if (object.kind === "string") return stringMethod(object.value, name, values);
  if (object.kind !== "array") return scalarMethod(object, name, values);
  if (changingMethods.has(name) && !isFresh(callee.expression)) return changeArray(object, name, values, evaluation);
  const budget = budgetOf(evaluation);
  const result = arrayMethod(object, name, values, callerIn(node, evaluation, budget));
  if (isSpent(node, budget, evaluation)) return poisonConstant;
  if (result?.kind === "array") budget.owned.add(result);
  return result;
}

/** True for an array that has no other name, which may be changed like a copy. */
function isFresh(node: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(node)) return isFresh(node.expression);
  if (ts.isArrayLiteralExpression(node)) return true;
  return ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression);
}

function dslCall(
  node: ts.CallExpression,
  callee: Extract<Constant, { readonly kind: "dsl" }>,
  evaluation: Evaluation,
): Constant | undefined {
  const { name, value, intrinsic } = callee.entry;
  const template = intrinsic?.kind === "mapConstructor" ? templateName(node) : undefined;
  if (template) return mapConstant(template, node, node, evaluation);
  if (intrinsic?.kind === "mapConstructor" || intrinsic?.kind === "program") {
    const row = intrinsic.kind === "program" ? "programMisplaced" : "dslPlace";
    evaluation.reporter.report(row, node.expression, { message: `${name}() stands on its own at the top of a module` });
    return poisonConstant;
  }
  if (intrinsic?.kind === "functionHint") return hinted(node, evaluation);
  if (!intrinsic || !schemaMakers.has(intrinsic.kind) || typeof value !== "function") return undefined;
  const values: Constant[] = [];
  for (const argument of node.arguments) {
    const constant = evaluation.evaluate(argument);
    if (constant?.kind === "poison") return constant;
    if (!constant) {
      evaluation.reporter.report("notConstant", argument, { message: `${name}() needs a compile-time constant here` });
      return poisonConstant;
    }
    values.push(constant);
  }
  return runDsl(node, name, () => Reflect.apply(value, undefined, values.map(toRuntime)), evaluation);
}

/** The property `inner` whose value a constructor is called for: it makes the template of a map of maps. */
function templateName({ parent }: ts.CallExpression): ts.Identifier | undefined {
  if (!ts.isPropertyAssignment(parent) || !ts.isIdentifier(parent.name)) return undefined;
  return parent.name.text === "inner" ? parent.name : undefined;
}

/** `noinline(fn)`. */
function hinted(node: ts.CallExpression, evaluation: Evaluation): Constant {
  const [argument] = node.arguments;
  const fn = argument && evaluation.evaluate(argument);
  if (fn?.kind === "function") return { ...fn, noinline: true };
  if (fn?.kind !== "poison")
    evaluation.reporter.report("notConstant", argument ?? node, { message: "noinline() takes a function" });
  return poisonConstant;
}

/** Runs a function of the DSL on constants; what it refuses is the author's mistake and becomes a finding. */
export function runDsl(
  node: ts.Node,
  name: string,
  run: () => unknown,
  { reporter }: Pick<Evaluation, "reporter">,
): Constant {
  try {
    const result = fromRuntime(run());
    if (result) return result;
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    reporter.report("schema", node, { message: error.message });
    return poisonConstant;
  }
  throw new Error(`frontend: ${name} gave no constant`);
}

function castConstant(node: ts.CallExpression, layout: ScalarLayout, evaluation: Evaluation): Constant | undefined {
  const [value, ...more] = argumentsOf(node, evaluation) ?? [];
  return more.length > 0 ? undefined : castOf(value, layout);
}

function castOf(value: Constant | undefined, layout: ScalarLayout): Constant | undefined {
  if (!value) return undefined;
  if (value.kind === "number" && !Number.isInteger(value.value)) return undefined;
  if (value.kind !== "number" && value.kind !== "bigint") return value.kind === "poison" ? value : undefined;
  const whole = BigInt(value.value);
  const bits = layout.size * 8;
  const low = layout.signed ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole);
  return layout.size === 8
    ? { kind: "bigint", value: wrap(low, layout.signed), signed: layout.signed }
    : { kind: "number", value: Number(low) };
}

function toBigint(values: readonly Constant[] | undefined): Constant | undefined {
  const [value] = values ?? [];
  if (value?.kind === "bigint" || value?.kind === "poison") return value;
  if (value?.kind === "boolean") return { kind: "bigint", value: value.value ? 1n : 0n, signed: undefined };
  if (value?.kind !== "number" || !Number.isInteger(value.value)) return undefined;
  return { kind: "bigint", value: BigInt(value.value), signed: undefined };
}

function methodCall(
  node: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
  evaluation: Evaluation,
): Constant | undefined {
  const object = evaluation.evaluate(callee.expression);
  if (!object || object.kind === "poison") return object;
  if (object.kind !== "global") return constantMethod(node, callee, object, evaluation);
  const values = argumentsOf(node, evaluation);
  if (!values) return undefined;
  const name = callee.name.text;
  const budget = budgetOf(evaluation);
  const found = libraryFunction(object.name, name, values, callerIn(node, evaluation, budget));
  if (isSpent(node, budget, evaluation)) return poisonConstant;
  if (found?.kind === "array" || (found?.kind === "object" && name !== "freeze")) budget.owned.add(found);
  if (found) return found;
  if (object.name === "BigInt") return wrapConstant(name, values);
  if (object.name !== "Math" || !Object.hasOwn(mathFunctions, name)) return undefined;
  const numbers = values.map((value) => (value.kind === "number" ? value.value : undefined));
  const compute = mathFunctions[name];
  if (!compute || !numbers.every((value) => value !== undefined)) return undefined;
  return { kind: "number", value: compute(...numbers) };
}

function wrapConstant(name: string, [bits, value]: readonly Constant[]): Constant | undefined {
  if (bits?.kind !== "number" || value?.kind !== "bigint") return undefined;
  if (!Number.isInteger(bits.value) || bits.value < 0 || bits.value > 64) return undefined;
  if (name === "asIntN") return { kind: "bigint", value: BigInt.asIntN(bits.value, value.value), signed: true };
  return { kind: "bigint", value: BigInt.asUintN(bits.value, value.value), signed: false };
}

// The arguments of a call of the author's function: constants that have no value of run time, and values. A spread of a
// tuple or an array is its items; what goes to a rest parameter is one tuple.
import { ts } from "ts-morph";
import type { Expr } from "../../ast/nodes.ts";
import { type Constant, isScalar } from "../values.ts";
import { coerce, settle } from "./coerce.ts";
import { convertExpression, evaluate, poison, refuse, reusable, type Scope, spanOf } from "./context.ts";
import { constantValue } from "./expressions/name.ts";
import { typeHint } from "./hints.ts";
import { bareExpression } from "./initializer.ts";
import { itemCount, itemOf } from "./pattern.ts";
import { describeType, flexibleBigint, joinTypes } from "./types.ts";

/** What stands for one parameter. */
export type Argument =
  | { readonly kind: "value"; readonly value: Expr }
  | { readonly kind: "constant"; readonly constant: Constant };

type Parameters = ts.NodeArray<ts.ParameterDeclaration>;

/** The arguments of a call, one for each parameter that gets one. */
export function convertArguments(parameters: Parameters, node: ts.CallExpression, scope: Scope): readonly Argument[] {
  const passed: Argument[] = [];
  for (const argument of node.arguments) {
    if (ts.isSpreadElement(argument)) passed.push(...spreadItems(argument.expression, scope));
    else passed.push(convertArgument(argument, parameters[passed.length], scope));
  }
  const rest = parameters.findIndex(({ dotDotDotToken }) => dotDotDotToken !== undefined);
  if (rest < 0) return passed;
  return [...passed.slice(0, rest), restTuple(passed.slice(rest), node, scope)];
}

function convertArgument(node: ts.Expression, parameter: ts.ParameterDeclaration | undefined, scope: Scope): Argument {
  const constant = constantArgument(node, scope);
  if (constant) return { kind: "constant", constant };
  const value = convertExpression(node, scope);
  const hint = parameter && !parameter.dotDotDotToken ? typeHint(parameter.type, scope) : undefined;
  if (value.type === flexibleBigint && hint?.kind === "bigint")
    return { kind: "value", value: coerce(value, hint, scope) };
  // What the parameter's type says of members that this object is made without.
  const wanted = value.kind === "record" && hint?.kind === "record" ? joinTypes(value.type, hint) : undefined;
  return { kind: "value", value: settle(wanted ? coerce(value, wanted, scope) : value, scope) };
}

/** An argument that has no value of run time: it becomes part of the instance. Literals do have one. */
function constantArgument(node: ts.Expression, scope: Scope): Constant | undefined {
  const bare = bareExpression(node);
  if (ts.isObjectLiteralExpression(bare) || ts.isArrayLiteralExpression(bare)) return undefined;
  const constant = evaluate(node, scope);
  return constant && !isScalar(constant) && constant.kind !== "poison" ? constant : undefined;
}

/** The items of a constant array, a tuple or an array in memory. */
function spreadItems(node: ts.Expression, scope: Scope): readonly Argument[] {
  const constant = evaluate(node, scope);
  if (constant?.kind === "array") {
    return constant.items.map((item): Argument => {
      return isScalar(item)
        ? { kind: "value", value: settle(constantValue(item, node, scope), scope) }
        : { kind: "constant", constant: item };
    });
  }
  return spreadValues(node, scope).map((value) => ({ kind: "value", value }));
}

/** The items of what is spread, as values; evaluated once. */
export function spreadValues(node: ts.Expression, scope: Scope): readonly Expr[] {
  const constant = evaluate(node, scope);
  if (constant?.kind === "array") return constant.items.map((item) => settle(constantValue(item, node, scope), scope));
  const source = settle(convertExpression(node, scope), scope);
  if (source.kind === "poison") return [source];
  if (source.kind === "tuple") return source.items;
  const count = itemCount(source);
  if (count === undefined) {
    return [refuse("spreadArgument", node, scope, { message: `spread of ${describeType(source.type)}` })];
  }
  const { first, again } = source.kind === "local" ? { first: source, again: source } : reusable(source, scope);
  return Array.from({ length: count }, (_, index): Expr => {
    const item = itemOf(again, index, node, scope);
    if (index > 0 || first === again) return item;
    return { kind: "sequence", items: [first, item], type: item.type, at: item.at };
  });
}

function restTuple(passed: readonly Argument[], node: ts.CallExpression, scope: Scope): Argument {
  const at = spanOf(node, scope);
  const items: Expr[] = [];
  for (const one of passed) {
    if (one.kind === "value") items.push(one.value);
    else items.push(refuse("parameterForm", node, scope));
  }
  if (items.some((item) => item.kind === "poison")) return { kind: "value", value: poison(at) };
  const type = { kind: "tuple", items: items.map((item) => item.type) } as const;
  return { kind: "value", value: { kind: "tuple", items, type, at } };
}

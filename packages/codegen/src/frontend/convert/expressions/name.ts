// Names and constants as values: local variables, captured constants of outer functions, literals.
import type { Span } from "@typebpf/abi";
import type { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { booleanType, nothingType, numberType } from "../../../ast/types.ts";
import { fits } from "../../constants/operators.ts";
import { isTopLevelName } from "../../symbols.ts";
import { type Constant, describeConstant, isScalar, type ScalarConstant } from "../../values.ts";
import { recordType } from "../coerce.ts";
import {
  type Binding,
  convertExpression,
  evaluate,
  local,
  newVariable,
  poison,
  refuse,
  type Scope,
  spanOf,
} from "../context.ts";
import { flexibleBigint, typeOfLayout } from "../types.ts";

/** The expression that a constant is. */
export function constantExpression(constant: ScalarConstant, at: Span, scope: Scope): Expr {
  switch (constant.kind) {
    case "boolean":
      return { kind: "boolean", value: constant.value, type: booleanType, at };
    case "nothing":
      return { kind: "nothing", type: nothingType, at };
    case "number":
      return numberExpression(constant.value, at, scope);
    case "bigint": {
      const { value, signed } = constant;
      if (signed !== undefined) return { kind: "integer", value, type: { kind: "bigint", signed }, at };
      if (fits(value, false) || fits(value, true)) return { kind: "integer", value, type: flexibleBigint, at };
      return refuse("bigintRange", at, scope, { message: `${value}n does not fit 64 bits` });
    }
    default:
      return constant satisfies never;
  }
}

function numberExpression(value: number, at: Span, scope: Scope): Expr {
  if (Number.isSafeInteger(value)) return { kind: "integer", value: BigInt(value), type: numberType, at };
  const row = Number.isInteger(value) ? "numberRange" : "notInteger";
  return refuse(row, at, scope, { message: `${value} is not an exact integer` });
}

/** Any expression as a value: a constant array or object as a new tuple or record. */
export function convertValue(node: ts.Expression, scope: Scope): Expr {
  const constant = evaluate(node, scope);
  return constant?.kind === "array" || constant?.kind === "object"
    ? constantValue(constant, node, scope)
    : convertExpression(node, scope);
}

/** A constant as a value of run time. */
export function constantValue(constant: Constant, node: ts.Node, scope: Scope): Expr {
  const at = spanOf(node, scope);
  if (isScalar(constant)) return constantExpression(constant, at, scope);
  if (constant.kind === "array") {
    const items = constant.items.map((item) => constantValue(item, node, scope));
    if (items.some((item) => item.kind === "poison")) return poison(at);
    return { kind: "tuple", items, type: { kind: "tuple", items: items.map((item) => item.type) }, at };
  }
  if (constant.kind !== "object") return refuseConstant(constant, node, scope);
  const members = [...constant.members].map(([name, member]) => ({ name, value: constantValue(member, node, scope) }));
  if (members.some(({ value }) => value.kind === "poison")) return poison(at);
  return { kind: "record", members, type: recordType(members), at };
}

/** Refuses a constant that has no value of run time. */
export function refuseConstant(constant: Constant, node: ts.Node, scope: Scope): Expr {
  switch (constant.kind) {
    case "string":
      return refuse("string", node, scope);
    case "function":
      return refuse("functionValue", node, scope);
    case "object":
    case "array":
      return refuse("aliasing", node, scope, {
        message: `${describeConstant(constant)} of the module used as a value`,
      });
    default:
      return refuse("dslPlace", node, scope, { message: `${describeConstant(constant)} cannot be used as a value` });
  }
}

/** A name that stands for a variable. */
export function convertIdentifier(node: ts.Identifier, scope: Scope): Expr {
  const resolution = scope.module.symbols.resolve(node);
  const at = spanOf(node, scope);
  if (resolution?.kind !== "declaration") return refuse("notConstant", node, scope);
  const binding = bindingOf(resolution.symbol, node, scope);
  if (binding?.kind === "variable") return local(binding.variable, at);
  if (binding) return poison(at);
  if (scope.module.globals.has(resolution.declaration)) return globalVariable(resolution.declaration, at, scope);
  // A constant without a value was reported where it is declared.
  if (isTopLevelName(resolution) && !scope.module.evaluator.resolved(resolution)) return poison(at);
  return refuse("notConstant", node, scope, { message: `${node.text} has no value here` });
}

/** A global in its place; poison where it could not be made. */
function globalVariable(declaration: ts.Node, at: Span, scope: Scope): Expr {
  const global = scope.module.globals.of(declaration);
  if (!global) return poison(at);
  const { section, offset, layout } = global;
  const object: Expr = { kind: "global", section, offset, type: { kind: "ref", layout, nullable: false }, at };
  return { kind: "field", object, field: undefined, layout, type: typeOfLayout(layout), at };
}

/**
 * What a name stands for in this scope. A constant of an outer function becomes a parameter of this one; a variable that
 * changes is refused.
 */
export function bindingOf(symbol: ts.Symbol, at: ts.Node, scope: Scope): Binding | undefined {
  const own = scope.bindings.get(symbol);
  if (own) return own;
  const outer = outerBinding(symbol, at, scope);
  if (outer?.kind !== "variable") return outer;
  // What the function around reserved, it alone releases.
  if (scope.isPart) return { kind: "variable", variable: outer.variable, fresh: false };
  if (outer.variable.mutable) {
    refuse("closure", at, scope, {
      message: `${outer.variable.name} changes, so a function cannot capture it`,
      labels: [{ at: outer.variable.at, message: "declared here" }],
    });
    return { kind: "poison" };
  }
  const { name, type } = outer.variable;
  const variable = newVariable(name, type, false, outer.variable.at, scope);
  const captured: Binding = { kind: "variable", variable, fresh: false };
  scope.bindings.set(symbol, captured);
  scope.captures.set(symbol, variable);
  return captured;
}

function outerBinding(symbol: ts.Symbol, at: ts.Node, scope: Scope): Binding | undefined {
  for (const outer of scope.outer) {
    const binding = bindingOf(symbol, at, outer);
    if (binding) return binding;
  }
  return undefined;
}

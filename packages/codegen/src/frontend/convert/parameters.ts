// The parameters of a function instance: variables for values, bindings for constants, and what stands for an argument that
// a call leaves out: the default, evaluated after the parameters before it, or `undefined`.
import { ts } from "ts-morph";
import type { Statement, Variable } from "../../ast/nodes.ts";
import { type AstType, nothingType } from "../../ast/types.ts";
import { type Constant, isScalar } from "../values.ts";
import { evaluate, local, newVariable, type Scope, spanOf } from "./context.ts";
import { declareVariable } from "./declare.ts";
import { applyDefault } from "./expressions/logical.ts";
import { typeHint } from "./hints.ts";
import { bindConstant, bindPattern } from "./pattern.ts";
import { canBeAbsent, joinTypes } from "./types.ts";

/** What a function is called with. */
export type Operand =
  | { readonly kind: "value"; readonly type: AstType }
  /** `definer` is the instance around a function that is passed. */
  | {
      readonly kind: "constant";
      readonly constant: Constant;
      readonly key: string;
      readonly definer: Scope | undefined;
    };

/** Binds the parameters; gives the variables that arguments go to, and the statements that open the body. */
export function bindParameters(
  parameters: ts.NodeArray<ts.ParameterDeclaration>,
  operands: readonly Operand[],
  scope: Scope,
): { readonly variables: readonly Variable[]; readonly opening: readonly Statement[] } {
  const variables: Variable[] = [];
  const opening: Statement[] = [];
  for (const [index, parameter] of parameters.entries()) {
    const operand = operands[index];
    if (operand?.kind === "constant") opening.push(...bindConstant(parameter.name, operand.constant, scope));
    else if (!operand) opening.push(...bindMissing(parameter, scope));
    else {
      const bound = bindValue(parameter, index, operand.type, scope);
      variables.push(bound.variable);
      opening.push(...bound.opening);
    }
  }
  // What a call passes beyond the parameters is evaluated, and nothing more.
  for (const operand of operands.slice(parameters.length)) {
    if (operand.kind === "value")
      variables.push(newVariable("unused", operand.type, false, spanOf(scope.declaration, scope), scope));
  }
  return { variables, opening };
}

/** A parameter for which a call passes nothing. */
function bindMissing(parameter: ts.ParameterDeclaration, scope: Scope): readonly Statement[] {
  const { name, initializer } = parameter;
  const at = spanOf(name, scope);
  const nothing = { kind: "nothing", type: nothingType, at } as const;
  if (initializer) return bindDefault(parameter, initializer, scope);
  const hint = typeHint(parameter.type, scope);
  const optional = hint && joinTypes(hint, nothingType);
  if (!optional || !canBeAbsent(optional)) return bindConstant(name, { kind: "nothing" }, scope);
  if (!ts.isIdentifier(name)) return bindPattern(name, { ...nothing, type: optional }, scope);
  return declareVariable(name, nothing, optional, scope);
}

/** `parameter = initializer` where the argument is `undefined`. */
function bindDefault(
  parameter: ts.ParameterDeclaration,
  initializer: ts.Expression,
  scope: Scope,
): readonly Statement[] {
  const { name } = parameter;
  const constant = evaluate(initializer, scope);
  if (constant && !isScalar(constant)) return bindConstant(name, constant, scope);
  const nothing = { kind: "nothing", type: nothingType, at: spanOf(name, scope) } as const;
  const value = applyDefault(nothing, initializer, parameter, scope);
  const before = scope.pending.splice(0);
  const bound = ts.isIdentifier(name)
    ? declareVariable(name, value, typeHint(parameter.type, scope), scope)
    : bindPattern(name, value, scope);
  return [...before, ...bound];
}

function bindValue(
  parameter: ts.ParameterDeclaration,
  index: number,
  type: AstType,
  scope: Scope,
): { readonly variable: Variable; readonly opening: readonly Statement[] } {
  const { name, initializer } = parameter;
  const at = spanOf(name, scope);
  const text = ts.isIdentifier(name) ? name.text : `parameter${index}`;
  const mayBeNothing = type.kind === "nothing" || (canBeAbsent(type) && type.nullable === true);
  if (initializer && mayBeNothing) {
    const variable = newVariable(text, type, false, at, scope);
    if (type.kind === "nothing") return { variable, opening: bindDefault(parameter, initializer, scope) };
    const value = applyDefault(local(variable, at), initializer, parameter, scope);
    const before = scope.pending.splice(0);
    const bound = ts.isIdentifier(name)
      ? declareVariable(name, value, undefined, scope)
      : bindPattern(name, value, scope);
    return { variable, opening: [...before, ...bound] };
  }
  if (type.kind === "nothing") {
    return { variable: newVariable(text, type, false, at, scope), opening: bindMissing(parameter, scope) };
  }
  const symbol = scope.module.symbols.checker.getSymbolAtLocation(name);
  const mutable = symbol !== undefined && scope.module.assigned.has(symbol);
  const hint = mutable ? typeHint(parameter.type, scope) : undefined;
  const joined = hint && joinTypes(type, hint);
  const variable = newVariable(text, joined ?? type, mutable, at, scope);
  if (!ts.isIdentifier(name)) return { variable, opening: bindPattern(name, local(variable, at), scope) };
  if (symbol) scope.bindings.set(symbol, { kind: "variable", variable, fresh: false });
  return { variable, opening: [] };
}

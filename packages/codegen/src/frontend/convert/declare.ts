// Declarations of local variables from converted values.
import type { ts } from "ts-morph";
import type { Expr, Statement } from "../../ast/nodes.ts";
import type { AstType } from "../../ast/types.ts";
import { coerce, settle } from "./coerce.ts";
import { newVariable, refuse, type Scope, spanOf } from "./context.ts";
import { canBeAbsent, describeType, isAggregate, joinTypes } from "./types.ts";

/** Declares a name with a value; `hint` is what its annotation says. */
export function declareVariable(
  name: ts.Identifier,
  value: Expr,
  hint: AstType | undefined,
  scope: Scope,
): readonly Statement[] {
  const symbol = scope.module.symbols.checker.getSymbolAtLocation(name);
  if (!symbol) throw new Error(`frontend: ${name.text} has no symbol`);
  const mutable = scope.module.assigned.has(symbol);
  const init = initialValue(name, value, hint, mutable, scope);
  if (init.kind === "poison") {
    scope.bindings.set(symbol, { kind: "poison" });
    return [];
  }
  const at = spanOf(name, scope);
  const fresh = init.kind === "record" || init.kind === "tuple" || init.kind === "call";
  const variable = newVariable(name.text, init.type, mutable, at, scope);
  scope.bindings.set(symbol, { kind: "variable", variable, fresh });
  return [{ kind: "let", variable, init, at }];
}

function initialValue(
  name: ts.Identifier,
  value: Expr,
  hint: AstType | undefined,
  mutable: boolean,
  scope: Scope,
): Expr {
  if (value.kind === "poison") return value;
  if (value.type.kind === "nothing") {
    if (value.kind !== "nothing") return refuse("noValue", name, scope);
    if (!hint || !canBeAbsent(hint)) return refuse("undefinedValue", name, scope);
    return coerce(value, { ...hint, nullable: true }, scope);
  }
  if (mutable && value.type.kind === "context") return refuse("dslPlace", name, scope);
  if (mutable && isAggregate(value.type) && value.kind === "local") return refuse("aliasing", name, scope);
  const wanted = hint && joinTypes(value.type, hint);
  if (!wanted) return hintedSign(value, hint, scope);
  const fitted = coerce(value, wanted, scope);
  const settled = settle(fitted, scope);
  // A reference that is null on some later assignment has a nullable variable.
  return canBeAbsent(wanted) && mutable && settled.kind !== "poison" ? { ...settled, type: wanted } : settled;
}

function hintedSign(value: Expr, hint: AstType | undefined, scope: Scope): Expr {
  if (hint?.kind === "bigint" && value.type.kind === "bigint" && hint.signed !== value.type.signed) {
    // `bigint` says nothing about the sign, so only a flavour that contradicts the value is reported.
    const settled = settle(value, scope);
    return hint.signed
      ? refuse("mixedSigns", value.at, scope, { message: `${describeType(settled.type)} in a variable of type i64` })
      : settled;
  }
  return settle(value, scope);
}

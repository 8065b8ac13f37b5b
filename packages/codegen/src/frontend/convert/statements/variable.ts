// `let` and `const` in functions. A const whose value the compiler knows leaves nothing behind: its uses are the value.
import { ts } from "ts-morph";
import type { Statement } from "../../../ast/nodes.ts";
import type { AstType } from "../../../ast/types.ts";
import { fits } from "../../constants/operators.ts";
import { type Constant, isScalar } from "../../values.ts";
import { convertExpression, evaluate, newVariable, refuse, type Scope, spanOf } from "../context.ts";
import { declareVariable } from "../declare.ts";
import { typeHint } from "../hints.ts";
import { bareExpression } from "../initializer.ts";
import { bindConstant as bindConstantParts, bindPattern } from "../pattern.ts";

/** `const a = 1, b = 2;` */
export function convertVariables(node: ts.VariableStatement, scope: Scope): readonly Statement[] {
  return convertDeclarations(node.declarationList, scope);
}

/** The declarations of a list, as of a `for` statement. */
export function convertDeclarations(list: ts.VariableDeclarationList, scope: Scope): readonly Statement[] {
  const statements: Statement[] = [];
  for (const declaration of list.declarations) {
    const converted = convertDeclaration(declaration, scope);
    statements.push(...scope.pending.splice(0), ...converted);
  }
  return statements;
}

function convertDeclaration(node: ts.VariableDeclaration, scope: Scope): readonly Statement[] {
  const { name, initializer } = node;
  const hint = typeHint(node.type, scope);
  if (!initializer) return ts.isIdentifier(name) ? declareEmpty(name, hint, scope) : [];
  if (!ts.isIdentifier(name)) {
    const constant = evaluate(initializer, scope);
    return constant?.kind === "array" || constant?.kind === "object"
      ? bindConstantParts(name, constant, scope)
      : bindPattern(name, convertExpression(initializer, scope), scope);
  }
  if (bindConstant(name, initializer, hint, scope)) return [];
  return declareVariable(name, convertExpression(initializer, scope), hint, scope);
}

/** `let x: u32;` */
function declareEmpty(name: ts.Identifier, hint: AstType | undefined, scope: Scope): readonly Statement[] {
  const symbol = scope.module.symbols.checker.getSymbolAtLocation(name);
  if (!symbol) throw new Error(`frontend: ${name.text} has no symbol`);
  if (!hint || hint.kind === "nothing" || hint.kind === "context") {
    refuse("untypedVariable", name, scope);
    scope.bindings.set(symbol, { kind: "poison" });
    return [];
  }
  const at = spanOf(name, scope);
  const variable = newVariable(name.text, hint.kind === "ref" ? { ...hint, nullable: true } : hint, true, at, scope);
  scope.bindings.set(symbol, { kind: "variable", variable, fresh: false });
  return [{ kind: "let", variable, at }];
}

/** Binds a name to a constant; false where it is a variable of run time. */
function bindConstant(
  name: ts.Identifier,
  initializer: ts.Expression,
  hint: AstType | undefined,
  scope: Scope,
): boolean {
  const symbol = scope.module.symbols.checker.getSymbolAtLocation(name);
  const constant = evaluate(initializer, scope);
  if (!symbol || !constant || scope.module.assigned.has(symbol)) return false;
  if (constant.kind === "poison") {
    scope.bindings.set(symbol, { kind: "poison" });
    return true;
  }
  if (constant.kind === "nothing" || (!isScalar(constant) && isChangeable(initializer))) return false;
  const signed = withSign(constant, hint);
  if (!signed) return false;
  scope.bindings.set(symbol, { kind: "constant", constant: signed });
  return true;
}

/** A bigint constant takes the sign of its annotation. */
function withSign(constant: Constant, hint: AstType | undefined): Constant | undefined {
  if (constant.kind !== "bigint" || constant.signed !== undefined || hint?.kind !== "bigint") return constant;
  if (!hint.signed) return constant;
  return fits(constant.value, true) ? { ...constant, signed: true } : undefined;
}

/** True for object and array literals without `as const`: their members may change. */
function isChangeable(node: ts.Expression): boolean {
  const bare = bareExpression(node);
  if (!ts.isObjectLiteralExpression(bare) && !ts.isArrayLiteralExpression(bare)) return false;
  for (let current = node; current !== bare; ) {
    if (ts.isAsExpression(current)) return false;
    if (!ts.isParenthesizedExpression(current) && !ts.isSatisfiesExpression(current)) break;
    current = current.expression;
  }
  return true;
}

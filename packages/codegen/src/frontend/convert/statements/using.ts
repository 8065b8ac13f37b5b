// `using record = ring.reserve()`, `using sk = ctx.skLookupTcp(tuple)` and `using lock = entry.lock.acquire()`: the scope is the rest of the block.
import { isSpinLock } from "@typebpf/abi";
import { ts } from "ts-morph";
import type { Expr, Statement } from "../../../ast/nodes.ts";
import { socketLookups } from "../../subset.ts";
import type { MapConstant } from "../../values.ts";
import { convertExpression, evaluate, newVariable, refuse, type Scope, spanOf } from "../context.ts";
import { convertContextCall } from "../expressions/call-context.ts";

/** True for a statement that declares with `using`. */
export function isUsing(node: ts.Statement): node is ts.VariableStatement {
  if (!ts.isVariableStatement(node)) return false;
  return (node.declarationList.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Using;
}

/** The declarations of a statement, each around the next, around what `rest` converts. */
export function convertUsing(
  node: ts.VariableStatement,
  rest: () => readonly Statement[],
  scope: Scope,
): readonly Statement[] {
  return declare(node.declarationList.declarations, 0, rest, scope);
}

function declare(
  declarations: readonly ts.VariableDeclaration[],
  index: number,
  rest: () => readonly Statement[],
  scope: Scope,
): readonly Statement[] {
  const declaration = declarations[index];
  if (!declaration) return rest();
  const { name } = declaration;
  const symbol = scope.module.symbols.checker.getSymbolAtLocation(name);
  if (!symbol || !ts.isIdentifier(name)) throw new Error("frontend: a using declaration without a name");
  const call = callOf(declaration);
  if (call.expression.name.text === "acquire") {
    scope.bindings.set(symbol, { kind: "constant", constant: { kind: "nothing" } });
    const lock = lockOf(call, scope);
    const body = declare(declarations, index + 1, rest, scope);
    return lock ? [{ kind: "lock", lock, body, at: spanOf(declaration, scope) }] : body;
  }
  if (socketLookups.has(call.expression.name.text)) {
    const lookup = convertLookup(call, scope);
    if (lookup.kind !== "helper") {
      scope.bindings.set(symbol, { kind: "poison" });
      return declare(declarations, index + 1, rest, scope);
    }
    const variable = newVariable(name.text, lookup.type, false, spanOf(name, scope), scope);
    scope.bindings.set(symbol, { kind: "variable", variable, fresh: false });
    const body = declare(declarations, index + 1, rest, scope);
    return [{ kind: "using", variable, of: lookup, body, at: spanOf(declaration, scope) }];
  }
  const map = ringOf(call, scope);
  if (!map) {
    scope.bindings.set(symbol, { kind: "poison" });
    return declare(declarations, index + 1, rest, scope);
  }
  scope.module.maps.set(map.declaration, map);
  const at = spanOf(name, scope);
  const variable = newVariable(name.text, { kind: "ref", layout: map.spec.value, nullable: true }, false, at, scope);
  scope.bindings.set(symbol, { kind: "variable", variable, fresh: false, reserved: true });
  const body = declare(declarations, index + 1, rest, scope);
  return [{ kind: "using", variable, of: { kind: "ring", map: map.spec.name }, body, at: spanOf(declaration, scope) }];
}

type Call = ts.CallExpression & { readonly expression: ts.PropertyAccessExpression };

function callOf({ initializer }: ts.VariableDeclaration): Call {
  if (!initializer || !ts.isCallExpression(initializer) || !ts.isPropertyAccessExpression(initializer.expression))
    throw new Error("frontend: a using declaration of another form was not refused");
  return initializer as Call;
}

/** The lookup of a socket; anything else after a report. */
function convertLookup(call: Call, scope: Scope): Expr {
  const context = convertExpression(call.expression.expression, scope);
  const { type } = context;
  if (context.kind === "poison") return context;
  if (type.kind !== "context") return refuse("using", call, scope);
  return convertContextCall(call, context, type, call.expression.name, scope, "held");
}

function ringOf(call: Call, scope: Scope): MapConstant | undefined {
  const owner = evaluate(call.expression.expression, scope);
  if (owner?.kind === "map" && owner.operations.includes("reserve")) return owner;
  if (owner?.kind !== "poison") refuse("using", call, scope);
  return undefined;
}

/** The lock that is acquired. */
function lockOf(call: Call, scope: Scope): Expr | undefined {
  const owner = convertExpression(call.expression.expression, scope);
  if (owner.kind === "poison") return undefined;
  if (owner.type.kind === "ref" && isSpinLock(owner.type.layout)) return owner;
  refuse("using", call, scope);
  return undefined;
}

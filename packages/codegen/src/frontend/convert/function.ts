// Functions of the author, converted once per list of arguments: types of what lives in registers, and constants
// (schemas, maps, functions, tables), which do not. Constants of outer functions are passed as further arguments.
import { ts } from "ts-morph";
import type { AstFunction, Expr, Statement } from "../../ast/nodes.ts";
import { type AstType, nothingType } from "../../ast/types.ts";
import type { Constant, FunctionNode } from "../values.ts";
import { type Argument, convertArguments } from "./arguments.ts";
import { coerce, settledDeep } from "./coerce.ts";
import { constantKey } from "./constant-key.ts";
import {
  type Binding,
  type Instance,
  local,
  type ModuleContext,
  poison,
  refuse,
  type Scope,
  spanOf,
} from "./context.ts";
import { bindingOf } from "./expressions/name.ts";
import { functionName, isTaggedNoinline } from "./function-syntax.ts";
import { typeHint } from "./hints.ts";
import { bindParameters, type Operand } from "./parameters.ts";
import { checkPredicate } from "./predicate.ts";
import { convertReturnValue, convertStatements } from "./statements/sequence.ts";
import { describeType, flexibleBigint, joinTypes, typeKey } from "./types.ts";

type FunctionConstant = Extract<Constant, { readonly kind: "function" }>;

/** `f(…)` for a function of the author's. */
export function callFunction(callee: FunctionConstant, node: ts.CallExpression, scope: Scope): Expr {
  return callWith(callee, convertArguments(callee.declaration.parameters, node, scope), node, scope);
}

/** The call of a function of the author's with these arguments. */
export function callWith(
  { declaration, noinline }: FunctionConstant,
  passed: readonly Argument[],
  node: ts.CallExpression,
  scope: Scope,
): Expr {
  const at = spanOf(node, scope);
  const args = passed.flatMap((one) => (one.kind === "value" ? [one.value] : []));
  const operands = passed.map(
    (one): Operand =>
      one.kind === "value" ? { kind: "value", type: one.value.type } : constantOperand(one.constant, scope),
  );
  if (args.some((argument) => argument.kind === "poison")) return poison(at);
  const instance = instantiate(
    declaration,
    operands,
    enclosing(declaration, [scope]),
    scope.module,
    node,
    noinline === true,
  );
  if (instance?.index === undefined) return poison(at);
  for (const symbol of instance.captures) {
    const binding = bindingOf(symbol, node, scope);
    if (binding?.kind !== "variable") {
      return refuse("closure", node, scope, { message: `${symbol.name} is out of reach where the function is called` });
    }
    args.push(local(binding.variable, at));
  }
  return { kind: "call", callee: instance.index, args, type: instance.result, at };
}

function constantOperand(constant: Constant, scope: Scope): Operand {
  const definer = constant.kind === "function" ? enclosing(constant.declaration, [scope]) : undefined;
  return { kind: "constant", constant, key: `${constantKey(constant)}@${scopeKey(definer)}`, definer };
}

/** The scope whose function encloses a declaration, among these and those around them. */
function enclosing(declaration: FunctionNode, scopes: readonly Scope[]): Scope | undefined {
  for (const scope of scopes) {
    const around: ts.Node = scope.declaration;
    if (around !== declaration && ts.findAncestor(declaration.parent, (node) => node === around)) return scope;
    const found = enclosing(declaration, scope.outer);
    if (found) return found;
  }
  return undefined;
}

/** Converts a function for a list of operands, once. Undefined after a finding about the call itself. */
export function instantiate(
  declaration: FunctionNode,
  operands: readonly Operand[],
  parent: Scope | undefined,
  module: ModuleContext,
  call: ts.Node,
  noinline = false,
): Instance | undefined {
  const file = declaration.getSourceFile().fileName;
  const types = operands.map((operand) => (operand.kind === "value" ? typeKey(operand.type) : operand.key));
  const key = [file, declaration.pos, scopeKey(parent), noinline, ...types].join("|");
  const known = module.instances.get(key);
  if (known) return known;
  if (isRecursive(declaration, key, module)) {
    const cycle = [...module.open.map((one) => one.declaration), declaration];
    const names = cycle.slice(cycle.indexOf(declaration)).map(functionName);
    module.reporter.report("recursion", call, { message: names.join(" calls ") });
    return undefined;
  }
  module.open.push({ declaration, key });
  const instance = convertFunction(declaration, operands, parent, module, noinline);
  module.open.pop();
  module.instances.set(key, instance);
  return instance;
}

function scopeKey(scope: Scope | undefined): string {
  return scope ? `${scope.id}.${scope.round}` : "";
}

/** How often one function may be open at a time, each time for other operands: functions that take functions nest. */
const MAX_NESTING = 16;

function isRecursive(declaration: FunctionNode, key: string, { open }: ModuleContext): boolean {
  const same = open.filter((one) => one.declaration === declaration);
  return same.length >= MAX_NESTING || same.some((one) => one.key === key);
}

/** A function literal as a part of the function around it. */
export function convertCallbackBody(
  declaration: FunctionNode,
  types: readonly AstType[],
  outer: Scope,
): Pick<AstFunction, "parameters" | "body"> & { readonly returns: Scope["returns"]; readonly inner: Scope } {
  const inner: Scope = { ...newScope(declaration, [outer], outer.module), isPart: true };
  const operands = types.map((type): Operand => ({ kind: "value", type }));
  const { variables, opening } = bindParameters(declaration.parameters, operands, inner);
  const body = [...opening, ...convertBody(declaration, inner)];
  return { parameters: variables, body, returns: inner.returns, inner };
}

function newScope(declaration: FunctionNode, outer: readonly Scope[], module: ModuleContext): Scope {
  const bindings = new Map<ts.Symbol, Binding>();
  const scope: Scope = {
    module,
    declaration,
    outer,
    id: module.nextId(),
    round: 0,
    memo: new Map(),
    bindings,
    captures: new Map(),
    returns: [],
    targets: [],
    substitutes: new Map(),
    pending: [],
    lookup(symbol) {
      const binding = bindings.get(symbol);
      if (!binding) return firstKnown(symbol, outer);
      return binding.kind === "constant" ? binding.constant : "runtime";
    },
  };
  return scope;
}

function firstKnown(symbol: ts.Symbol, scopes: readonly Scope[]): Constant | "runtime" | undefined {
  for (const scope of scopes) {
    const known = scope.lookup(symbol);
    if (known !== undefined) return known;
  }
  return undefined;
}

function convertFunction(
  declaration: FunctionNode,
  operands: readonly Operand[],
  parent: Scope | undefined,
  module: ModuleContext,
  noinline: boolean,
): Instance {
  const definers = operands.flatMap((operand) =>
    operand.kind === "constant" && operand.definer ? [operand.definer] : [],
  );
  const scope = newScope(declaration, parent ? [parent, ...definers] : definers, module);
  checkPredicate(declaration, operands, scope);
  const { variables, opening } = bindParameters(declaration.parameters, operands, scope);
  const body = [...opening, ...convertBody(declaration, scope)];
  const result = joinReturns(declaration, scope);
  const captures = [...scope.captures];
  if (!result) return { index: undefined, result: nothingType, captures: [] };
  const index = module.functions.length;
  module.functions.push({
    name: functionName(declaration),
    parameters: [...variables, ...captures.map(([, variable]) => variable)],
    result,
    body,
    ...((noinline || isTaggedNoinline(declaration)) && { noinline: true }),
    at: spanOf(declaration.name ?? declaration, scope),
  });
  return { index, result, captures: captures.map(([symbol]) => symbol) };
}

function convertBody(declaration: FunctionNode, scope: Scope): readonly Statement[] {
  const { body } = declaration;
  if (!body) throw new Error("frontend: a function without a body");
  if (ts.isBlock(body)) return convertStatements(body.statements, scope);
  const value = convertReturnValue(body, body, scope);
  return [...scope.pending, ...value];
}

/** The type of what a function returns, with all returned values made to fit it; undefined after a finding. */
function joinReturns(declaration: FunctionNode, scope: Scope): AstType | undefined {
  const hint = typeHint(declaration.type, scope);
  let joined: AstType | undefined;
  for (const { value, at } of scope.returns) {
    if (value?.kind === "poison") return undefined;
    const type = value?.type ?? nothingType;
    const next: AstType | undefined = joined ? joinTypes(joined, type) : type;
    if (!next) {
      const message = `${describeType(type)} is returned here, ${describeType(joined ?? type)} elsewhere`;
      refuse("typesDiffer", at, scope, { message });
      return undefined;
    }
    joined = next;
  }
  const flexible = joined === flexibleBigint && hint?.kind === "bigint" ? hint : joined;
  const result = flexible ? settledDeep(flexible) : nothingType;
  for (const one of scope.returns) {
    if (!one.value) continue;
    const value = coerce(one.value, result, scope);
    if (value.kind === "poison") return undefined;
    if (result.kind === "nothing") delete one.value;
    else one.value = value;
  }
  return result;
}

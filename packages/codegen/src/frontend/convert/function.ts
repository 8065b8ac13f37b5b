// Functions of the author, converted once per list of arguments: types of what lives in registers, and constants
// (schemas, maps, functions, tables), which do not. Constants of outer functions are passed as further arguments.
import { ts } from "ts-morph";
import type { Expr, Statement, Variable } from "../../ast/nodes.ts";
import { type AstType, nothingType } from "../../ast/types.ts";
import { type Constant, type FunctionNode, isScalar } from "../values.ts";
import { coerce, settle, settledDeep } from "./coerce.ts";
import {
  type Binding,
  convertExpression,
  evaluate,
  type Instance,
  local,
  type ModuleContext,
  newVariable,
  poison,
  refuse,
  type Scope,
  spanOf,
} from "./context.ts";
import { bindingOf } from "./expressions/name.ts";
import { functionName, isTaggedNoinline } from "./function-syntax.ts";
import { typeHint } from "./hints.ts";
import { bareExpression } from "./initializer.ts";
import { bindPattern } from "./pattern.ts";
import { convertReturnValue, convertStatements } from "./statements/sequence.ts";
import { describeType, flexibleBigint, joinTypes, typeKey } from "./types.ts";

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

/** `f(…)` for a function of the author's. */
export function callFunction(
  { declaration, noinline }: Extract<Constant, { readonly kind: "function" }>,
  node: ts.CallExpression,
  scope: Scope,
): Expr {
  const at = spanOf(node, scope);
  const operands: Operand[] = [];
  const args: Expr[] = [];
  for (const [index, argument] of node.arguments.entries()) {
    const constant = constantArgument(argument, scope);
    if (constant) {
      operands.push(constantOperand(constant, scope));
      continue;
    }
    const value = convertArgument(argument, declaration.parameters[index], scope);
    operands.push({ kind: "value", type: value.type });
    args.push(value);
  }
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

/** An argument that has no value of run time: it becomes part of the instance. Literals do have one. */
function constantArgument(node: ts.Expression, scope: Scope): Constant | undefined {
  const bare = bareExpression(node);
  if (ts.isObjectLiteralExpression(bare) || ts.isArrayLiteralExpression(bare)) return undefined;
  const constant = evaluate(node, scope);
  return constant && !isScalar(constant) && constant.kind !== "poison" ? constant : undefined;
}

function convertArgument(node: ts.Expression, parameter: ts.ParameterDeclaration | undefined, scope: Scope): Expr {
  const value = convertExpression(node, scope);
  if (value.type !== flexibleBigint) return settle(value, scope);
  const hint = typeHint(parameter?.type, scope);
  return hint?.kind === "bigint" ? coerce(value, hint, scope) : settle(value, scope);
}

function constantKey(constant: Constant): string {
  switch (constant.kind) {
    case "schema":
      return JSON.stringify(constant.layout);
    case "map":
      return `${constant.declaration.getSourceFile().fileName}:${constant.declaration.pos}`;
    case "function":
      return `${constant.declaration.getSourceFile().fileName}:${constant.declaration.pos}`;
    case "object":
      return `{${[...constant.members].map(([name, member]) => `${name}:${constantKey(member)}`).join()}}`;
    case "array":
      return `[${constant.items.map(constantKey).join()}]`;
    case "number":
    case "boolean":
    case "string":
    case "bigint":
      return `${constant.kind} ${constant.value}`;
    case "dsl":
      return constant.entry.name;
    case "global":
      return constant.name;
    default:
      return constant.kind;
  }
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
  const opening: Statement[] = [];
  const parameters = bindParameters(declaration, operands, scope, opening);
  const body = [...opening, ...convertBody(declaration, scope)];
  const result = joinReturns(declaration, scope);
  const captures = [...scope.captures];
  if (!result) return { index: undefined, result: nothingType, captures: [] };
  const index = module.functions.length;
  module.functions.push({
    name: functionName(declaration),
    parameters: [...parameters, ...captures.map(([, variable]) => variable)],
    result,
    body,
    ...((noinline || isTaggedNoinline(declaration)) && { noinline: true }),
    at: spanOf(declaration.name ?? declaration, scope),
  });
  return { index, result, captures: captures.map(([symbol]) => symbol) };
}

function bindParameters(
  declaration: FunctionNode,
  operands: readonly Operand[],
  scope: Scope,
  opening: Statement[],
): readonly Variable[] {
  const variables: Variable[] = [];
  for (const [index, parameter] of declaration.parameters.entries()) {
    const operand = operands[index];
    const symbol = scope.module.symbols.checker.getSymbolAtLocation(parameter.name);
    if (operand?.kind === "constant") {
      if (symbol) scope.bindings.set(symbol, { kind: "constant", constant: operand.constant });
      else refuse("pattern", parameter.name, scope);
      continue;
    }
    const at = spanOf(parameter.name, scope);
    const name = ts.isIdentifier(parameter.name) ? parameter.name.text : `parameter${index}`;
    const mutable = symbol !== undefined && scope.module.assigned.has(symbol);
    const type = operand?.type ?? nothingType;
    const hint = mutable ? typeHint(parameter.type, scope) : undefined;
    const variable = newVariable(name, (hint && joinTypes(type, hint)) ?? type, mutable, at, scope);
    variables.push(variable);
    if (ts.isIdentifier(parameter.name)) {
      if (symbol) scope.bindings.set(symbol, { kind: "variable", variable, fresh: false });
    } else {
      opening.push(...bindPattern(parameter.name, local(variable, at), scope));
    }
  }
  return variables;
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

// What a declared name of a module stands for: a constant, a schema, a map, a program or a function.
import { type Layout, programKinds, sectionOf, undescribable } from "@typebpf/abi";
import { ts } from "ts-morph";
import { type Constant, type FunctionNode, poisonConstant } from "../values.ts";
import type { Evaluation } from "./evaluation.ts";
import { mapConstant } from "./maps.ts";
import { toRuntime } from "./runtime.ts";

/** The constant of a declaration; undefined where it has none (parameters, variables that change). */
export function declaredConstant(declaration: ts.Declaration, evaluation: Evaluation): Constant | undefined {
  if (ts.isFunctionDeclaration(declaration)) {
    return declaration.body ? { kind: "function", declaration } : undefined;
  }
  if (ts.isVariableDeclaration(declaration)) return variableConstant(declaration, evaluation);
  if (ts.isBindingElement(declaration)) return bindingConstant(declaration, evaluation);
  if (ts.isEnumDeclaration(declaration)) return enumConstant(declaration, evaluation);
  if (ts.isEnumMember(declaration)) return enumMember(declaration, evaluation);
  return undefined;
}

/** True for `const` at the top of a module. */
function isModuleConstant(declaration: ts.VariableDeclaration): boolean {
  const list = declaration.parent;
  if (!ts.isVariableDeclarationList(list) || (list.flags & ts.NodeFlags.Const) === 0) return false;
  return ts.isVariableStatement(list.parent) && ts.isSourceFile(list.parent.parent);
}

function variableConstant(declaration: ts.VariableDeclaration, evaluation: Evaluation): Constant | undefined {
  if (!isModuleConstant(declaration) || !declaration.initializer) return undefined;
  const initializer = stripped(declaration.initializer);
  if (ts.isCallExpression(initializer)) {
    const callee = evaluation.evaluate(initializer.expression);
    const intrinsic = callee?.kind === "dsl" ? callee.entry.intrinsic : undefined;
    if (intrinsic?.kind === "mapConstructor" && ts.isIdentifier(declaration.name))
      return mapConstant(declaration.name, declaration, initializer, evaluation);
    if (intrinsic?.kind === "program") return programConstant(initializer, evaluation);
  }
  return evaluation.evaluate(initializer);
}

/** Without parentheses, `satisfies` and `as const`. */
function stripped(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) || ts.isSatisfiesExpression(node) || ts.isAsExpression(node)
    ? stripped(node.expression)
    : node;
}

function programConstant(call: ts.CallExpression, evaluation: Evaluation): Constant {
  const callee = evaluation.evaluate(call.expression);
  const intrinsic = callee?.kind === "dsl" ? callee.entry.intrinsic : undefined;
  const kind = intrinsic?.kind === "program" ? intrinsic.program : undefined;
  const given: Constant[] = [];
  for (const argument of call.arguments) {
    const value = evaluation.evaluate(argument);
    if (value?.kind === "poison") return value;
    if (!value) {
      evaluation.reporter.report("programMisplaced", argument);
      return poisonConstant;
    }
    given.push(value);
  }
  const handler = given.find((one) => one.kind === "function");
  if (kind === undefined || callee?.kind !== "dsl" || handler?.kind !== "function") {
    evaluation.reporter.report("programMisplaced", call.arguments[0] ?? call);
    return poisonConstant;
  }
  const made = describedProgram(call, callee.entry.value, given, evaluation);
  if (!made) return poisonConstant;
  const { target, schema, ...options } = made;
  const layout = schema?.layout.kind === "struct" ? schema.layout : undefined;
  const bad = layout && undescribable({ kind, schema: layout });
  if (bad !== undefined) {
    evaluation.reporter.report("schema", call, { message: `${bad} is nothing that a context of ${kind} can hold` });
    return poisonConstant;
  }
  return {
    kind: "program",
    type: programKinds[kind].type,
    of: { kind, ...(target !== undefined && { target }), ...(layout && { schema: layout }) },
    section: sectionOf(kind, { ...(target !== undefined && { target }), ...options }),
    handler: handler.declaration satisfies FunctionNode,
    call,
  };
}

interface MadeProgram {
  readonly target?: string;
  readonly schema?: { readonly layout: Layout };
  readonly sleepable?: boolean;
  readonly frags?: boolean;
}

/** What the DSL makes of the arguments; undefined after a report of what it refuses. */
function describedProgram(
  call: ts.CallExpression,
  make: unknown,
  given: readonly Constant[],
  { reporter }: Evaluation,
): MadeProgram | undefined {
  if (typeof make !== "function") throw new Error("frontend: a constructor of programs is no function");
  try {
    const args = given.map((one) => (one.kind === "function" ? () => undefined : toRuntime(one)));
    return Reflect.apply(make, undefined, args) as MadeProgram;
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    reporter.report("schema", call, { message: error.message });
    return undefined;
  }
}

/** A name taken out of a constant object or array at the top of a module. */
function bindingConstant(element: ts.BindingElement, evaluation: Evaluation): Constant | undefined {
  const pattern = element.parent;
  const owner = pattern.parent;
  const source = ts.isBindingElement(owner)
    ? bindingConstant(owner, evaluation)
    : ts.isVariableDeclaration(owner)
      ? variableConstant(owner, evaluation)
      : undefined;
  if (source?.kind === "poison") return source;
  const found = ts.isArrayBindingPattern(pattern)
    ? itemFor(element, pattern.elements.indexOf(element), source)
    : memberFor(element, pattern, source);
  return found?.kind === "nothing" && element.initializer ? evaluation.evaluate(element.initializer) : found;
}

function itemFor({ dotDotDotToken }: ts.BindingElement, index: number, source: Constant | undefined) {
  if (source?.kind !== "array") return undefined;
  if (dotDotDotToken) return { kind: "array", items: source.items.slice(index) } satisfies Constant;
  return source.items[index] ?? ({ kind: "nothing" } satisfies Constant);
}

function memberFor(element: ts.BindingElement, pattern: ts.ObjectBindingPattern, source: Constant | undefined) {
  if (source?.kind !== "object") return undefined;
  const nameOf = ({ propertyName, name }: ts.BindingElement): string => (propertyName ?? name).getText();
  if (!element.dotDotDotToken) return source.members.get(nameOf(element)) ?? ({ kind: "nothing" } satisfies Constant);
  const taken = new Set(pattern.elements.filter((one) => one !== element).map(nameOf));
  const members = new Map([...source.members].filter(([name]) => !taken.has(name)));
  return { kind: "object", members } satisfies Constant;
}

function enumConstant(declaration: ts.EnumDeclaration, evaluation: Evaluation): Constant {
  const members = new Map<string, Constant>();
  for (const member of declaration.members) {
    const value = evaluation.resolved(evaluation.symbols.resolve(member.name));
    if (!value) {
      evaluation.reporter.report("notConstant", member);
      return poisonConstant;
    }
    members.set(member.name.getText(), value);
  }
  return { kind: "object", members };
}

/** A member's own value, or one more than the member before it. */
function enumMember(member: ts.EnumMember, evaluation: Evaluation): Constant | undefined {
  if (member.initializer) return evaluation.evaluate(member.initializer);
  const { members } = member.parent;
  const before = members[members.indexOf(member) - 1];
  if (!before) return { kind: "number", value: 0 };
  const value = evaluation.resolved(evaluation.symbols.resolve(before.name));
  return value?.kind === "number" ? { kind: "number", value: value.value + 1 } : value;
}

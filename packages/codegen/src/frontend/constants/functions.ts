// Calls of the author's functions with constants, evaluated at compile time: statements one after another, with local
// variables, loops and early returns. `undefined` means that something is known at run time only.
import { ts } from "ts-morph";
import type { Closure, Constant } from "../values.ts";
import type { ConstantScope, Evaluation } from "./evaluation.ts";
import { Budget, Frame } from "./frame.ts";
import { binaryConstant, fits, truthiness } from "./operators.ts";

const { SyntaxKind } = ts;

/** Steps of a constant of a module, and of a call in a program, which is left to run time when it takes more. */
const MAX_STEPS = { top: 2_000_000, program: 20_000 } as const;

/** How a statement ended; `undefined` where that is not known. */
type Completion =
  | { readonly kind: "normal" }
  | { readonly kind: "return"; readonly value: Constant }
  | { readonly kind: "break" | "continue"; readonly label: string | undefined };

const normal: Completion = { kind: "normal" };
const nothing: Constant = { kind: "nothing" };

/** What one evaluation may spend: that of the call around it, or one of its own. */
export function budgetOf({ scope, top }: Evaluation): Budget {
  return scope.frame?.budget ?? new Budget(top ? MAX_STEPS.top : MAX_STEPS.program);
}

function outerOf({ lookup, frame }: ConstantScope): Closure {
  return frame ?? { get: (symbol) => lookup(symbol), set: () => false };
}

/** The value of a call with these arguments. */
export function callFunction(
  callee: Extract<Constant, { readonly kind: "function" }>,
  args: readonly Constant[],
  evaluation: Evaluation,
  budget: Budget = budgetOf(evaluation),
): Constant | undefined {
  const { declaration, closure } = callee;
  if (budget.open.has(declaration) || !declaration.body || !budget.spend()) return undefined;
  const frame = new Frame(budget, closure ?? outerOf(evaluation.scope));
  const inner = evaluation.inFrame(frame);
  const { parameters, body, type } = declaration;
  for (const [index, parameter] of parameters.entries()) {
    const value = withSign(args[index] ?? nothing, parameter.type, inner);
    if (!value || !bind(parameter.name, value, inner, frame)) return undefined;
  }
  budget.open.add(declaration);
  const result = ts.isBlock(body) ? runBody(body, inner, frame) : inner.evaluate(body);
  budget.open.delete(declaration);
  return result && withSign(result, type, inner, true);
}

function runBody(body: ts.Block, evaluation: Evaluation, frame: Frame): Constant | undefined {
  const done = runAll(body.statements, evaluation, frame);
  if (done?.kind === "return") return done.value;
  return done && nothing;
}

/** The sign of a bigint variable: that of its annotation, unsigned without one, as at run time. */
function withSign(
  value: Constant,
  annotation: ts.TypeNode | undefined,
  { symbols }: Evaluation,
  free = false,
): Constant | undefined {
  if (value.kind !== "bigint" || value.signed !== undefined) return value;
  const symbol =
    annotation && ts.isTypeReferenceNode(annotation) && symbols.checker.getSymbolAtLocation(annotation.typeName);
  const signed = symbol ? symbols.dslType(symbol) === "i64" : false;
  if (free && !annotation) return value;
  return fits(value.value, signed) ? { ...value, signed } : undefined;
}

/** Gives the names of a pattern their values. */
function bind(name: ts.BindingName, value: Constant, evaluation: Evaluation, frame: Frame): boolean {
  if (ts.isIdentifier(name)) {
    const symbol = evaluation.symbols.checker.getSymbolAtLocation(name);
    if (symbol) frame.declare(symbol, value);
    return symbol !== undefined;
  }
  return name.elements.every((element, index) => {
    if (ts.isOmittedExpression(element)) return true;
    if (element.dotDotDotToken) {
      if (value.kind !== "array") return false;
      return bind(element.name, { kind: "array", items: value.items.slice(index) }, evaluation, frame);
    }
    const found = memberFor(element, index, value);
    const given = found?.kind === "nothing" && element.initializer ? evaluation.evaluate(element.initializer) : found;
    return given !== undefined && bind(element.name, given, evaluation, frame);
  });
}

function memberFor({ propertyName, name }: ts.BindingElement, index: number, value: Constant): Constant | undefined {
  if (value.kind === "array") return value.items[index] ?? nothing;
  const key = propertyName ?? name;
  if (value.kind !== "object" || !(ts.isIdentifier(key) || ts.isStringLiteral(key))) return undefined;
  return value.members.get(key.text) ?? nothing;
}

function runAll(statements: readonly ts.Statement[], evaluation: Evaluation, frame: Frame): Completion | undefined {
  for (const statement of statements) {
    const done = run(statement, evaluation, frame);
    if (done?.kind !== "normal") return done;
  }
  return normal;
}

function run(
  node: ts.Statement,
  evaluation: Evaluation,
  frame: Frame,
  labels: readonly string[] = [],
): Completion | undefined {
  if (!frame.budget.spend()) return undefined;
  if (ts.isBlock(node)) return runAll(node.statements, evaluation, frame);
  if (ts.isVariableStatement(node)) return declare(node.declarationList, evaluation, frame) ? normal : undefined;
  if (ts.isExpressionStatement(node)) return evaluation.evaluate(node.expression) && normal;
  if (ts.isReturnStatement(node)) {
    const value = node.expression ? evaluation.evaluate(node.expression) : nothing;
    return value && { kind: "return", value };
  }
  if (ts.isIfStatement(node)) {
    const truth = test(node.expression, evaluation);
    const next = truth ? node.thenStatement : node.elseStatement;
    if (truth === undefined) return undefined;
    return next ? run(next, evaluation, frame) : normal;
  }
  if (ts.isBreakStatement(node)) return { kind: "break", label: node.label?.text };
  if (ts.isContinueStatement(node)) return { kind: "continue", label: node.label?.text };
  if (ts.isLabeledStatement(node)) {
    const done = run(node.statement, evaluation, frame, [...labels, node.label.text]);
    return done?.kind === "break" && done.label === node.label.text ? normal : done;
  }
  if (ts.isForOfStatement(node)) return runForOf(node, evaluation, frame, labels);
  if (ts.isForStatement(node)) return runFor(node, evaluation, frame, labels);
  if (ts.isWhileStatement(node) || ts.isDoStatement(node)) {
    return loop(node, { evaluation, frame, labels, first: ts.isWhileStatement(node), condition: node.expression });
  }
  if (ts.isSwitchStatement(node)) return runSwitch(node, evaluation, frame);
  return node.kind === SyntaxKind.EmptyStatement || ts.isFunctionDeclaration(node) ? normal : undefined;
}

function test(node: ts.Expression, evaluation: Evaluation): boolean | undefined {
  const value = evaluation.evaluate(node);
  return value && truthiness(value);
}

function declare(list: ts.VariableDeclarationList, evaluation: Evaluation, frame: Frame): boolean {
  return list.declarations.every(({ name, initializer, type }) => {
    const given = initializer ? evaluation.evaluate(initializer) : nothing;
    const value = given && withSign(given, type, evaluation);
    return value !== undefined && bind(name, value, evaluation, frame);
  });
}

interface Loop {
  readonly evaluation: Evaluation;
  readonly frame: Frame;
  readonly labels: readonly string[];
  /** The condition stands before the body. */
  readonly first: boolean;
  readonly condition?: ts.Expression | undefined;
  readonly update?: ts.Expression | undefined;
}

function loop(node: ts.IterationStatement, options: Loop): Completion | undefined {
  const { evaluation, frame, labels, first, condition, update } = options;
  for (let again = false; frame.budget.spend(); again = true) {
    if (condition && (first || again)) {
      const truth = test(condition, evaluation);
      if (!truth) return truth === undefined ? undefined : normal;
    }
    const done = run(node.statement, evaluation, frame);
    const left = leaves(done, labels);
    if (left) return left === "unknown" ? undefined : left;
    if (update && !evaluation.evaluate(update)) return undefined;
  }
  return undefined;
}

/** How a body's end ends its loop: not at all, or like this. */
function leaves(done: Completion | undefined, labels: readonly string[]): Completion | "unknown" | undefined {
  if (!done) return "unknown";
  if (done.kind === "normal") return undefined;
  if (done.kind === "return") return done;
  const own = done.label === undefined || labels.includes(done.label);
  if (!own) return done;
  return done.kind === "break" ? normal : undefined;
}

function runFor(
  node: ts.ForStatement,
  evaluation: Evaluation,
  frame: Frame,
  labels: readonly string[],
): Completion | undefined {
  const { initializer, condition, incrementor: update } = node;
  if (initializer && ts.isVariableDeclarationList(initializer)) {
    if (!declare(initializer, evaluation, frame)) return undefined;
  } else if (initializer && !evaluation.evaluate(initializer)) return undefined;
  return loop(node, { evaluation, frame, labels, first: true, condition, update });
}

function runForOf(
  node: ts.ForOfStatement,
  evaluation: Evaluation,
  frame: Frame,
  labels: readonly string[],
): Completion | undefined {
  const source = evaluation.evaluate(node.expression);
  const list = node.initializer;
  const declared = ts.isVariableDeclarationList(list) ? list.declarations[0] : undefined;
  if (source?.kind !== "array" || !declared) return undefined;
  for (const item of source.items) {
    if (!bind(declared.name, item, evaluation, frame)) return undefined;
    const left = leaves(run(node.statement, evaluation, frame), labels);
    if (left) return left === "unknown" ? undefined : left;
  }
  return normal;
}

function runSwitch(node: ts.SwitchStatement, evaluation: Evaluation, frame: Frame): Completion | undefined {
  const subject = evaluation.evaluate(node.expression);
  if (!subject) return undefined;
  const { clauses } = node.caseBlock;
  let start = -1;
  for (const [index, clause] of clauses.entries()) {
    if (ts.isDefaultClause(clause)) continue;
    const value = evaluation.evaluate(clause.expression);
    const same = value && binaryConstant(SyntaxKind.EqualsEqualsEqualsToken, subject, value);
    if (same?.kind !== "boolean") return undefined;
    if (!same.value) continue;
    start = index;
    break;
  }
  if (start < 0) start = clauses.findIndex(ts.isDefaultClause);
  for (const clause of start < 0 ? [] : clauses.slice(start)) {
    const done = runAll(clause.statements, evaluation, frame);
    if (done?.kind === "break" && done.label === undefined) return normal;
    if (done?.kind !== "normal") return done;
  }
  return normal;
}

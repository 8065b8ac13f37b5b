// Static evaluation: what an expression is when the compiler knows it whole. Walks the syntax and never asks the checker
// for values. `undefined` means: known at run time only. Findings are reported once and give a poison constant.
import { ts } from "ts-morph";
import type { Reporter } from "../reporter.ts";
import type { Resolution, Symbols } from "../symbols.ts";
import { isAssignment } from "../syntax.ts";
import { type Constant, poisonConstant } from "../values.ts";
import { assign, update } from "./assignments.ts";
import { evaluateCall } from "./calls.ts";
import { declaredConstant } from "./declarations.ts";
import type { ConstantScope, Evaluation, Evaluator } from "./evaluation.ts";
import { binaryConstant, truthiness, unaryConstant } from "./operators.ts";
import { textOf } from "./plain.ts";
import { fromRuntime, runtimeProperty } from "./runtime.ts";

type Evaluate = (node: ts.Expression, evaluation: Evaluation) => Constant | undefined;

/** Makes the evaluator of one program. */
export function createEvaluator(symbols: Symbols, reporter: Reporter): Evaluator {
  const topScope: ConstantScope = { memo: new Map(), lookup: () => undefined };
  const open = new Set<ts.Node>();
  const evaluationIn = (scope: ConstantScope): Evaluation => ({
    symbols,
    reporter,
    top: scope === topScope,
    scope,
    evaluate: (node) => evaluate(node, scope),
    resolved: (resolution) => resolved(resolution, scope),
    inFrame: (frame) => {
      const lookup = (symbol: ts.Symbol): Constant | "runtime" | undefined => frame.get(symbol);
      return evaluationIn({ memo: scope.memo, frame, lookup });
    },
  });
  const evaluate = (node: ts.Expression, scope: ConstantScope): Constant | undefined => {
    // What names stand for changes while a call is evaluated.
    if (scope.frame) {
      if (!scope.frame.budget.spend()) return undefined;
      return evaluators.get(node.kind)?.(node, evaluationIn(scope));
    }
    if (scope.memo.has(node)) return scope.memo.get(node);
    const result = evaluators.get(node.kind)?.(node, evaluationIn(scope));
    scope.memo.set(node, result);
    return result;
  };
  const resolved = (resolution: Resolution | undefined, scope: ConstantScope): Constant | undefined => {
    if (!resolution) return undefined;
    if (resolution.kind === "dsl") return fromRuntime(resolution.entry.value) ?? resolution;
    if (resolution.kind === "global") return globalConstant(resolution.name);
    if (resolution.kind === "module") return resolution;
    const { symbol, declaration } = resolution;
    const local = scope.lookup(symbol);
    if (local !== undefined) return local === "runtime" ? undefined : local;
    if (topScope.memo.has(declaration)) return topScope.memo.get(declaration);
    if (open.has(declaration)) {
      reporter.report("circularConstant", declaration);
      return poisonConstant;
    }
    open.add(declaration);
    const result = declaredConstant(declaration, evaluationIn(topScope));
    open.delete(declaration);
    topScope.memo.set(declaration, result);
    return result;
  };
  return {
    evaluate: (node, scope = topScope) => evaluate(node, scope),
    resolved: (resolution, scope = topScope) => resolved(resolution, scope),
  };
}

function globalConstant(name: string): Constant {
  if (name === "undefined") return { kind: "nothing" };
  if (name === "NaN") return { kind: "number", value: Number.NaN };
  if (name === "Infinity") return { kind: "number", value: Number.POSITIVE_INFINITY };
  return { kind: "global", name };
}

const { SyntaxKind } = ts;

/** Most characters of a text that is computed. */
const MAX_TEXT = 1 << 16;

const evaluators: ReadonlyMap<ts.SyntaxKind, Evaluate> = new Map<ts.SyntaxKind, Evaluate>([
  [SyntaxKind.NumericLiteral, (node) => ({ kind: "number", value: Number((node as ts.NumericLiteral).text) })],
  [SyntaxKind.BigIntLiteral, (node) => bigintLiteral(node as ts.BigIntLiteral)],
  [SyntaxKind.StringLiteral, (node) => ({ kind: "string", value: (node as ts.StringLiteral).text })],
  [SyntaxKind.TrueKeyword, () => ({ kind: "boolean", value: true })],
  [SyntaxKind.FalseKeyword, () => ({ kind: "boolean", value: false })],
  [SyntaxKind.Identifier, (node, evaluation) => evaluation.resolved(evaluation.symbols.resolve(node))],
  [SyntaxKind.ParenthesizedExpression, inner],
  [SyntaxKind.SatisfiesExpression, inner],
  [SyntaxKind.AsExpression, inner],
  [SyntaxKind.NoSubstitutionTemplateLiteral, (node) => ({ kind: "string", value: (node as ts.StringLiteral).text })],
  [SyntaxKind.TemplateExpression, template],
  [SyntaxKind.ArrowFunction, functionValue],
  [SyntaxKind.FunctionExpression, functionValue],
  [SyntaxKind.PostfixUnaryExpression, update],
  [SyntaxKind.PrefixUnaryExpression, unary],
  [SyntaxKind.BinaryExpression, binary],
  [SyntaxKind.ConditionalExpression, conditional],
  [SyntaxKind.PropertyAccessExpression, propertyAccess],
  [SyntaxKind.ElementAccessExpression, elementAccess],
  [SyntaxKind.ObjectLiteralExpression, objectLiteral],
  [SyntaxKind.ArrayLiteralExpression, arrayLiteral],
  [SyntaxKind.CallExpression, (node, evaluation) => evaluateCall(node as ts.CallExpression, evaluation)],
]);

function inner(node: ts.Expression, { evaluate }: Evaluation): Constant | undefined {
  return evaluate((node as ts.ParenthesizedExpression | ts.SatisfiesExpression | ts.AsExpression).expression);
}

/** The checker keeps the literal's text, in decimal or with its prefix, followed by `n`. */
function bigintLiteral(node: ts.BigIntLiteral): Constant {
  return { kind: "bigint", value: BigInt(node.text.slice(0, -1).replaceAll("_", "")), signed: undefined };
}

function unary(node: ts.Expression, evaluation: Evaluation): Constant | undefined {
  const { operator, operand } = node as ts.PrefixUnaryExpression;
  if (operator === SyntaxKind.PlusPlusToken || operator === SyntaxKind.MinusMinusToken) return update(node, evaluation);
  const { evaluate } = evaluation;
  const value = evaluate(operand);
  return value && (value.kind === "poison" ? value : unaryConstant(operator, value));
}

function binary(node: ts.Expression, evaluation: Evaluation): Constant | undefined {
  const { left, operatorToken, right } = node as ts.BinaryExpression;
  if (isAssignment(operatorToken.kind)) return assign(node as ts.BinaryExpression, evaluation);
  const { evaluate } = evaluation;
  const first = evaluate(left);
  if (!first || first.kind === "poison") return first;
  const short = shortCircuit(operatorToken.kind, first);
  if (short !== undefined) return short === "left" ? first : evaluate(right);
  const second = evaluate(right);
  if (!second || second.kind === "poison") return second;
  return binaryConstant(operatorToken.kind, first, second);
}

function shortCircuit(operator: ts.SyntaxKind, left: Constant): "left" | "right" | undefined {
  if (operator === SyntaxKind.CommaToken) return "right";
  if (operator === SyntaxKind.QuestionQuestionToken) return left.kind === "nothing" ? "right" : "left";
  const truth = truthiness(left);
  if (truth === undefined) return undefined;
  if (operator === SyntaxKind.AmpersandAmpersandToken) return truth ? "right" : "left";
  if (operator === SyntaxKind.BarBarToken) return truth ? "left" : "right";
  return undefined;
}

function conditional(node: ts.Expression, { evaluate }: Evaluation): Constant | undefined {
  const { condition, whenTrue, whenFalse } = node as ts.ConditionalExpression;
  const test = evaluate(condition);
  const truth = test && truthiness(test);
  return truth === undefined ? undefined : evaluate(truth ? whenTrue : whenFalse);
}

function propertyAccess(node: ts.Expression, evaluation: Evaluation): Constant | undefined {
  const { expression, name, questionDotToken } = node as ts.PropertyAccessExpression;
  const object = evaluation.evaluate(expression);
  if (!object || object.kind === "poison") return object;
  if (object.kind === "nothing" && questionDotToken) return object;
  if (object.kind === "module") return evaluation.resolved(evaluation.symbols.resolve(name));
  return memberOf(object, name.text);
}

/** A member of a constant by name; undefined where it is none or is no constant. */
function memberOf(object: Constant, name: string): Constant | undefined {
  switch (object.kind) {
    case "object":
      return object.members.get(name) ?? { kind: "nothing" };
    case "array":
      return name === "length" ? { kind: "number", value: object.items.length } : undefined;
    case "string":
      return name === "length" ? { kind: "number", value: object.value.length } : undefined;
    case "schema":
      return runtimeProperty(object.value, name);
    case "map":
      return name === "maxEntries" || name === "flags" ? { kind: "number", value: object.spec[name] } : undefined;
    case "global":
      return object.name === "Number" ? numberLimit(name) : undefined;
    case "dsl":
      return programMember(object, name);
    default:
      return undefined;
  }
}

/** `cgroupSkb.ingress`: one of several constructors under a name. */
function programMember({ entry }: Extract<Constant, { readonly kind: "dsl" }>, name: string): Constant | undefined {
  const { intrinsic, value } = entry;
  if (intrinsic?.kind !== "program" || !Object.hasOwn(intrinsic.members, name)) return undefined;
  const program = intrinsic.members[name];
  const member: unknown = (value as Readonly<Record<string, unknown>>)[name];
  const own = { kind: "program", members: {}, ...(program && { program }) } as const;
  return { kind: "dsl", entry: { name: `${entry.name}.${name}`, value: member, intrinsic: own } };
}

function numberLimit(name: string): Constant | undefined {
  if (name === "MAX_SAFE_INTEGER") return { kind: "number", value: Number.MAX_SAFE_INTEGER };
  if (name === "MIN_SAFE_INTEGER") return { kind: "number", value: Number.MIN_SAFE_INTEGER };
  return undefined;
}

function elementAccess(node: ts.Expression, evaluation: Evaluation): Constant | undefined {
  const { expression, argumentExpression, questionDotToken } = node as ts.ElementAccessExpression;
  const object = evaluation.evaluate(expression);
  if (!object || object.kind === "poison") return object;
  if (object.kind === "nothing" && questionDotToken) return object;
  const index = evaluation.evaluate(argumentExpression);
  if (!index || index.kind === "poison") return index;
  if (index.kind === "string") return memberOf(object, index.value);
  if (object.kind === "object" && index.kind === "number") return memberOf(object, String(index.value));
  if (object.kind === "string" && index.kind === "number") return characterOf(object.value, index.value);
  if (object.kind !== "array" || index.kind !== "number") return undefined;
  const item = object.items[index.value];
  if (item) return item;
  if (evaluation.scope.frame) return { kind: "nothing" };
  const message = `index ${index.value} is outside a table of ${object.items.length} items`;
  evaluation.reporter.report("tableIndex", argumentExpression, { message });
  return poisonConstant;
}

function characterOf(text: string, index: number): Constant {
  const character = text[index];
  return character === undefined ? { kind: "nothing" } : { kind: "string", value: character };
}

function functionValue(node: ts.Expression, { scope }: Evaluation): Constant {
  const declaration = node as ts.ArrowFunction | ts.FunctionExpression;
  return { kind: "function", declaration, ...(scope.frame && { closure: scope.frame }) };
}

function template(node: ts.Expression, { evaluate }: Evaluation): Constant | undefined {
  const { head, templateSpans } = node as ts.TemplateExpression;
  let value = head.text;
  for (const { expression, literal } of templateSpans) {
    const part = evaluate(expression);
    if (part?.kind === "poison") return part;
    const text = part && textOf(part);
    if (text === undefined) return undefined;
    value += text + literal.text;
  }
  return value.length <= MAX_TEXT ? { kind: "string", value } : undefined;
}

function objectLiteral(node: ts.Expression, evaluation: Evaluation): Constant | undefined {
  const members = new Map<string, Constant>();
  for (const property of (node as ts.ObjectLiteralExpression).properties) {
    if (ts.isSpreadAssignment(property)) {
      const source = evaluation.evaluate(property.expression);
      if (source?.kind !== "object") return undefined;
      for (const [name, member] of source.members) members.set(name, member);
      continue;
    }
    const name = property.name && memberName(property.name, evaluation);
    const value = name === undefined ? undefined : memberValue(property, evaluation);
    if (name === undefined || !value) return undefined;
    members.set(name, value);
  }
  return owned({ kind: "object", members }, evaluation);
}

/** What a call made itself it may change. */
function owned(constant: Constant, { scope }: Evaluation): Constant {
  scope.frame?.budget.owned.add(constant);
  return constant;
}

function memberValue(property: ts.ObjectLiteralElementLike, evaluation: Evaluation): Constant | undefined {
  if (ts.isPropertyAssignment(property)) return evaluation.evaluate(property.initializer);
  if (ts.isShorthandPropertyAssignment(property)) return evaluation.evaluate(property.name);
  return undefined;
}

function memberName(name: ts.PropertyName, evaluation: Evaluation): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name)) return name.text;
  if (!ts.isComputedPropertyName(name)) return undefined;
  const value = evaluation.evaluate(name.expression);
  return value?.kind === "string" || value?.kind === "number" ? String(value.value) : undefined;
}

function arrayLiteral(node: ts.Expression, evaluation: Evaluation): Constant | undefined {
  const items: Constant[] = [];
  for (const element of (node as ts.ArrayLiteralExpression).elements) {
    if (ts.isSpreadElement(element)) {
      const source = evaluation.evaluate(element.expression);
      if (source?.kind === "string")
        items.push(...Array.from(source.value, (value) => ({ kind: "string", value }) as const));
      else if (source?.kind === "array") items.push(...source.items);
      else return undefined;
      continue;
    }
    const item = evaluation.evaluate(element);
    if (!item) return undefined;
    items.push(item);
  }
  return owned({ kind: "array", items }, evaluation);
}

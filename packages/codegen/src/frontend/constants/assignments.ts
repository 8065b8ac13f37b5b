// Assignments inside of a call that is evaluated at compile time: to its own variables, and to objects and arrays that
// the evaluation made itself. Constants of a module never change. `undefined`: not here, or not known.
import { ts } from "ts-morph";
import type { Constant } from "../values.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Frame } from "./frame.ts";
import { binaryConstant, truthiness } from "./operators.ts";

const { SyntaxKind } = ts;

/** Most items that an array grows to. */
const MAX_ITEMS = 1 << 16;

/** The operator of a compound assignment. */
const operators: ReadonlyMap<ts.SyntaxKind, ts.SyntaxKind> = new Map([
  [SyntaxKind.PlusEqualsToken, SyntaxKind.PlusToken],
  [SyntaxKind.MinusEqualsToken, SyntaxKind.MinusToken],
  [SyntaxKind.AsteriskEqualsToken, SyntaxKind.AsteriskToken],
  [SyntaxKind.SlashEqualsToken, SyntaxKind.SlashToken],
  [SyntaxKind.PercentEqualsToken, SyntaxKind.PercentToken],
  [SyntaxKind.AmpersandEqualsToken, SyntaxKind.AmpersandToken],
  [SyntaxKind.BarEqualsToken, SyntaxKind.BarToken],
  [SyntaxKind.CaretEqualsToken, SyntaxKind.CaretToken],
  [SyntaxKind.LessThanLessThanEqualsToken, SyntaxKind.LessThanLessThanToken],
  [SyntaxKind.GreaterThanGreaterThanEqualsToken, SyntaxKind.GreaterThanGreaterThanToken],
  [SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken, SyntaxKind.GreaterThanGreaterThanGreaterThanToken],
]);

/** `left = right` and compound assignments. */
export function assign(node: ts.BinaryExpression, evaluation: Evaluation): Constant | undefined {
  const { left, operatorToken, right } = node;
  const { frame } = evaluation.scope;
  if (!frame) return undefined;
  const operator = operators.get(operatorToken.kind);
  const old = operatorToken.kind === SyntaxKind.EqualsToken ? undefined : evaluation.evaluate(left);
  if (operatorToken.kind !== SyntaxKind.EqualsToken && !old) return undefined;
  if (old && !operator) {
    const keeps = keepsOld(operatorToken.kind, old);
    if (keeps !== false) return keeps ? old : undefined;
  }
  const given = evaluation.evaluate(right);
  const value = given && old && operator ? binaryConstant(operator, old, given) : given;
  return value && store(left, value, evaluation, frame) ? value : undefined;
}

/** Whether a logical assignment leaves the old value. */
function keepsOld(kind: ts.SyntaxKind, old: Constant): boolean | undefined {
  if (kind === SyntaxKind.QuestionQuestionEqualsToken) return old.kind !== "nothing";
  const truth = truthiness(old);
  if (truth === undefined) return undefined;
  return kind === SyntaxKind.BarBarEqualsToken ? truth : !truth;
}

/** `++` and `--`, before and behind. */
export function update(node: ts.Expression, evaluation: Evaluation): Constant | undefined {
  const { operand, operator } = node as ts.PrefixUnaryExpression | ts.PostfixUnaryExpression;
  const { frame } = evaluation.scope;
  const old = frame && evaluation.evaluate(operand);
  if (!frame || !old) return undefined;
  const one: Constant =
    old.kind === "bigint" ? { kind: "bigint", value: 1n, signed: undefined } : { kind: "number", value: 1 };
  const sign = operator === SyntaxKind.PlusPlusToken ? SyntaxKind.PlusToken : SyntaxKind.MinusToken;
  const value = binaryConstant(sign, old, one);
  if (!value || !store(operand, value, evaluation, frame)) return undefined;
  return ts.isPrefixUnaryExpression(node) ? value : old;
}

/** Puts a value into a variable, a member or an item; false where it cannot. */
function store(target: ts.Expression, value: Constant, evaluation: Evaluation, frame: Frame): boolean {
  if (ts.isParenthesizedExpression(target)) return store(target.expression, value, evaluation, frame);
  if (ts.isIdentifier(target)) {
    const symbol = evaluation.symbols.checker.getSymbolAtLocation(target);
    return symbol !== undefined && frame.set(symbol, value);
  }
  if (!ts.isPropertyAccessExpression(target) && !ts.isElementAccessExpression(target)) return false;
  const object = evaluation.evaluate(target.expression);
  const key: Constant | undefined = ts.isPropertyAccessExpression(target)
    ? { kind: "string", value: target.name.text }
    : evaluation.evaluate(target.argumentExpression);
  if (!object || !frame.budget.owned.has(object) || (key?.kind !== "string" && key?.kind !== "number")) return false;
  if (object.kind === "object") {
    (object.members as Map<string, Constant>).set(String(key.value), value);
    return true;
  }
  if (object.kind !== "array" || key.kind !== "number") return false;
  // A gap would be items that are none.
  if (!Number.isInteger(key.value) || key.value < 0 || key.value > object.items.length || key.value >= MAX_ITEMS)
    return false;
  (object.items as Constant[])[key.value] = value;
  return true;
}

/** `push`, `pop`, `sort` and `reverse` on an array that the evaluation made itself. */
export function changeArray(
  object: Extract<Constant, { readonly kind: "array" }>,
  name: string,
  args: readonly Constant[],
  { scope }: Evaluation,
): Constant | undefined {
  if (!scope.frame?.budget.owned.has(object)) return undefined;
  const items = object.items as Constant[];
  if (name === "push" && items.length + args.length <= MAX_ITEMS) return { kind: "number", value: items.push(...args) };
  if (name === "pop") return items.pop() ?? { kind: "nothing" };
  if (name !== "reverse") return undefined;
  items.reverse();
  return object;
}

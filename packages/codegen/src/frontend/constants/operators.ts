// Operators on constants. Numbers and booleans are computed by JavaScript itself; bigints of a known sign wrap to 64 bits
// after each operation, and those without a sign of their own stay exact and are given up when they leave 64 bits.
// `undefined` means: not a constant, so the operation is left to run time.
import { ts } from "ts-morph";
import type { Constant } from "../values.ts";

type Numeric = (a: number, b: number) => number;
type Wide = (a: bigint, b: bigint) => bigint;

const { SyntaxKind } = ts;

const numberOperators: ReadonlyMap<ts.SyntaxKind, Numeric> = new Map([
  [SyntaxKind.PlusToken, (a, b) => a + b],
  [SyntaxKind.MinusToken, (a, b) => a - b],
  [SyntaxKind.AsteriskToken, (a, b) => a * b],
  [SyntaxKind.AsteriskAsteriskToken, (a, b) => a ** b],
  [SyntaxKind.SlashToken, (a, b) => a / b],
  [SyntaxKind.PercentToken, (a, b) => a % b],
  [SyntaxKind.AmpersandToken, (a, b) => a & b],
  [SyntaxKind.BarToken, (a, b) => a | b],
  [SyntaxKind.CaretToken, (a, b) => a ^ b],
  [SyntaxKind.LessThanLessThanToken, (a, b) => a << b],
  [SyntaxKind.GreaterThanGreaterThanToken, (a, b) => a >> b],
  [SyntaxKind.GreaterThanGreaterThanGreaterThanToken, (a, b) => a >>> b],
]);

/** Largest shift count and exponent that is computed exactly; the result of more does not fit 64 bits anyway. */
const MAX_SHIFT = 128n;

const bigintOperators: ReadonlyMap<ts.SyntaxKind, Wide> = new Map([
  [SyntaxKind.PlusToken, (a, b) => a + b],
  [SyntaxKind.MinusToken, (a, b) => a - b],
  [SyntaxKind.AsteriskToken, (a, b) => a * b],
  // RFC 9669 section 4.1: division by zero gives 0, remainder by zero the dividend.
  [SyntaxKind.SlashToken, (a, b) => (b === 0n ? 0n : a / b)],
  [SyntaxKind.PercentToken, (a, b) => (b === 0n ? a : a % b)],
  [SyntaxKind.AmpersandToken, (a, b) => a & b],
  [SyntaxKind.BarToken, (a, b) => a | b],
  [SyntaxKind.CaretToken, (a, b) => a ^ b],
  [SyntaxKind.LessThanLessThanToken, (a, b) => a << b],
  [SyntaxKind.GreaterThanGreaterThanToken, (a, b) => a >> b],
]);

/** Operators whose low 64 bits depend on the low 64 bits of the operands only. */
const ring: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.PlusToken,
  SyntaxKind.MinusToken,
  SyntaxKind.AsteriskToken,
  SyntaxKind.AmpersandToken,
  SyntaxKind.BarToken,
  SyntaxKind.CaretToken,
]);

type Comparison = (order: number) => boolean;

const comparisons: ReadonlyMap<ts.SyntaxKind, Comparison> = new Map([
  [SyntaxKind.EqualsEqualsEqualsToken, (order) => order === 0],
  [SyntaxKind.ExclamationEqualsEqualsToken, (order) => order !== 0],
  [SyntaxKind.LessThanToken, (order) => order < 0],
  [SyntaxKind.LessThanEqualsToken, (order) => order <= 0],
  [SyntaxKind.GreaterThanToken, (order) => order > 0],
  [SyntaxKind.GreaterThanEqualsToken, (order) => order >= 0],
]);

/** True where `value` is one of the 64-bit integers of this sign. */
export function fits(value: bigint, signed: boolean): boolean {
  return value === wrap(value, signed);
}

/** The 64-bit integer of this sign with the same low bits. */
export function wrap(value: bigint, signed: boolean): bigint {
  return signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
}

/** True where the operator's low 64 bits do not depend on the sign of its operands. */
export function isRing(operator: ts.SyntaxKind): boolean {
  return ring.has(operator);
}

/** `left operator right` on constants. */
export function binaryConstant(operator: ts.SyntaxKind, left: Constant, right: Constant): Constant | undefined {
  const comparison = comparisons.get(operator);
  if (comparison) return compareConstants(comparison, left, right);
  if (left.kind === "number" && right.kind === "number") {
    const compute = numberOperators.get(operator);
    return compute && { kind: "number", value: compute(left.value, right.value) };
  }
  if (left.kind === "bigint" && right.kind === "bigint") return bigintConstant(operator, left, right);
  return operator === SyntaxKind.PlusToken ? joined(left, right) : undefined;
}

/** Most characters of a text that is computed. */
const MAX_TEXT = 1 << 16;

/** A text and another value, one after the other. */
function joined(left: Constant, right: Constant): Constant | undefined {
  if (left.kind !== "string" && right.kind !== "string") return undefined;
  if (!("value" in left) || !("value" in right) || left.kind === "schema" || right.kind === "schema") return undefined;
  const value = `${left.value}${right.value}`;
  return value.length <= MAX_TEXT ? { kind: "string", value } : undefined;
}

/** `===` on constants, objects by identity; undefined where it cannot be said. */
export function equalConstants(left: Constant, right: Constant): boolean | undefined {
  const result = compareConstants((order) => order === 0, left, right);
  return result?.kind === "boolean" ? result.value : undefined;
}

type BigintConstant = Extract<Constant, { readonly kind: "bigint" }>;

function bigintConstant(operator: ts.SyntaxKind, left: BigintConstant, right: BigintConstant): Constant | undefined {
  const compute = bigintOperators.get(operator);
  const shift = operator === SyntaxKind.LessThanLessThanToken || operator === SyntaxKind.GreaterThanGreaterThanToken;
  if (!compute || (shift && (right.value < 0n || right.value > MAX_SHIFT))) return undefined;
  const signed = commonSign(left, right);
  if (signed === "conflict") return undefined;
  if (signed === undefined) {
    const value = compute(left.value, right.value);
    return fits(value, false) || fits(value, true) ? { kind: "bigint", value, signed } : undefined;
  }
  if (!isRing(operator) && !(fits(left.value, signed) && fits(right.value, signed))) return undefined;
  return { kind: "bigint", value: wrap(compute(left.value, right.value), signed), signed };
}

function commonSign(left: BigintConstant, right: BigintConstant): boolean | undefined | "conflict" {
  if (left.signed === undefined) return right.signed;
  if (right.signed === undefined || right.signed === left.signed) return left.signed;
  return "conflict";
}

function compareConstants(comparison: Comparison, left: Constant, right: Constant): Constant | undefined {
  if (left.kind === "bigint" && right.kind === "bigint") {
    const signed = commonSign(left, right);
    if (signed === "conflict") return undefined;
    if (signed !== undefined && !(fits(left.value, signed) && fits(right.value, signed))) return undefined;
    return truth(comparison(order(left.value, right.value)));
  }
  if (
    (left.kind === "number" && right.kind === "number") ||
    (left.kind === "boolean" && right.kind === "boolean") ||
    (left.kind === "string" && right.kind === "string")
  ) {
    return truth(comparison(order(left.value, right.value)));
  }
  const same = identity(left, right);
  // `===` and `!==` alone have a meaning here: equality is order 0, anything else no order at all.
  return same === undefined || comparison(0) === comparison(Number.NaN) || comparison(0) === comparison(1)
    ? undefined
    : truth(comparison(same ? 0 : Number.NaN));
}

/** Whether two constants of which one is `undefined`, an object or an array are the same. */
function identity(left: Constant, right: Constant): boolean | undefined {
  if (left.kind === "nothing" || right.kind === "nothing") return left.kind === right.kind;
  const isObject = (one: Constant): boolean => one.kind === "object" || one.kind === "array";
  return isObject(left) && isObject(right) ? left === right : undefined;
}

/** Negative, zero or positive, as the first is less than, the same as or more than the second; else NaN. */
export function order<T extends number | bigint | boolean | string>(left: T, right: T): number {
  return left < right ? -1 : left > right ? 1 : left === right ? 0 : Number.NaN;
}

function truth(value: boolean): Constant {
  return { kind: "boolean", value };
}

/** `operator operand` on a constant. */
export function unaryConstant(operator: ts.SyntaxKind, operand: Constant): Constant | undefined {
  if (operator === SyntaxKind.ExclamationToken) {
    const value = truthiness(operand);
    return value === undefined ? undefined : truth(!value);
  }
  if (operand.kind === "number") {
    if (operator === SyntaxKind.MinusToken) return { kind: "number", value: -operand.value };
    if (operator === SyntaxKind.PlusToken) return operand;
    if (operator === SyntaxKind.TildeToken) return { kind: "number", value: ~operand.value };
  }
  if (operand.kind !== "bigint") return undefined;
  const { value, signed } = operand;
  const result = operator === SyntaxKind.MinusToken ? -value : operator === SyntaxKind.TildeToken ? ~value : undefined;
  if (result === undefined) return undefined;
  return { kind: "bigint", value: signed === undefined ? result : wrap(result, signed), signed };
}

/** JavaScript's truthiness; undefined for what has none worth testing. */
export function truthiness(value: Constant): boolean | undefined {
  switch (value.kind) {
    case "boolean":
      return value.value;
    case "number":
      return value.value !== 0 && !Number.isNaN(value.value);
    case "bigint":
      return value.value !== 0n;
    case "string":
      return value.value !== "";
    case "nothing":
      return false;
    case "object":
    case "array":
    case "function":
      return true;
    default:
      return undefined;
  }
}

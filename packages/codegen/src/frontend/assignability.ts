// What two types are to each other that TypeScript found unfit, by the names that its text gives them: integers of 64 bits
// are bigint, narrower ones number, and undefined fits neither.
import type { FrontendDiagnostic } from "../diagnostics.ts";

/** Two types that do not go together. */
export interface Pair {
  readonly source: string;
  readonly target: string;
}

const wide = /^(bigint|u64|i64|u64be|-?\d+n)$/;
const narrow = /^(number|[ui](8|16|32)|u(16|32)be|-?\d+(\.\d+)?)$/;

/** True for the types of 64-bit integers. */
export function isWide(type: string): boolean {
  return members(type).every((one) => wide.test(one));
}

/** True for the types of narrower ones. */
export function isNarrow(type: string): boolean {
  return members(type).every((one) => narrow.test(one));
}

function members(type: string): readonly string[] {
  return type.split(" | ").filter((one) => one !== "undefined");
}

const mayBeUndefined = (type: string): boolean => type.split(" | ").includes("undefined");

/** The pair in the first line of a text about an assignment or an argument. */
export function assignedPair(message: string): Pair | undefined {
  const [, source, target] =
    /[Tt]ype '([^']+)' is not assignable to (?:parameter of )?type '([^']+)'/.exec(message) ?? [];
  return source !== undefined && target !== undefined ? { source, target } : undefined;
}

/** The row for an assignment of one type to the other; undefined where it says nothing of integers. */
export function rowOfAssignment({ source, target }: Pair): FrontendDiagnostic | undefined {
  if (mayBeUndefined(source) && !mayBeUndefined(target)) return "possiblyUndefined";
  if (members(source).length === 0 || members(target).length === 0) return undefined;
  if ((isWide(source) && isNarrow(target)) || (isNarrow(source) && isWide(target))) return "mixedIntegers";
  if (isWide(source) && isWide(target)) return "mixedSigns";
  return isNarrow(source) && isNarrow(target) ? "narrowing" : undefined;
}

/** The types of two operands in a text about an operator. */
export function operandPair(message: string): Pair | undefined {
  const [, source, target] = /types '([^']+)' and '([^']+)'/.exec(message) ?? [];
  return source !== undefined && target !== undefined ? { source, target } : undefined;
}

/** The row for two operands. */
export function rowOfOperands({ source, target }: Pair, comparison: boolean): FrontendDiagnostic | undefined {
  if (!((isWide(source) && isNarrow(target)) || (isNarrow(source) && isWide(target)))) return undefined;
  return comparison ? "mixedComparison" : "mixedIntegers";
}

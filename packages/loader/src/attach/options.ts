// Checks options of an attach call before anything is done: callers without types may give anything, and an option that
// is not known, or is out of its range, must not be ignored.
import { DiagnosticError, diagnostic, nearest } from "@typebpf/abi";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";

/** Refuses an option. */
export function refuseOption(message: string, help?: string): never {
  throw new DiagnosticError([
    diagnostic(kernelDiagnostics.attachOptions, { message, ...(help !== undefined && { help }) }),
  ]);
}

/** How a value looks in a message. */
function shown(value: unknown): string {
  const text = typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** @throws DiagnosticError for options that a program of type `type` does not have. */
export function checkNames(type: string, options: unknown, known: readonly string[]): void {
  const takes = `a ${type} program takes: ${known.join(", ")}`;
  if (typeof options !== "object" || options === null)
    refuseOption(`where to attach is an object, not ${shown(options)}`, takes);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    const near = nearest(name, known);
    refuseOption(
      `a ${type} program has no attach option "${name}"`,
      near === undefined ? takes : `did you mean "${near}"?`,
    );
  }
}

/** An interface's name or index. */
export function checkInterface(value: unknown): string | number {
  if (typeof value === "string" || typeof value === "number") return value;
  return refuseOption(`interface is the name or index of a network interface, not ${shown(value)}`);
}

/** One of some words, or undefined when it is not given. */
export function checkWord<W extends string>(name: string, value: unknown, words: readonly W[]): W | undefined {
  const found = words.find((word) => word === value);
  if (found !== undefined || value === undefined) return found;
  return refuseOption(`${name} is ${words.map((word) => `"${word}"`).join(" or ")}, not ${shown(value)}`);
}

/** A text of at least one character, or undefined when it is not given. */
export function checkText(name: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && value !== "" && !value.includes("\0"))) return value;
  return refuseOption(`${name} is a text, not ${shown(value)}`);
}

/** A bigint of 64 bits without sign, or undefined when it is not given. */
export function checkUnsigned(name: string, value: unknown): bigint | undefined {
  if (value === undefined || (typeof value === "bigint" && BigInt.asUintN(64, value) === value)) return value;
  return refuseOption(`${name} is a bigint from 0n to 2n ** 64n - 1n, not ${shown(value)}`);
}

/** A whole number, or undefined when it is not given. */
export function checkNumber(name: string, value: unknown, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  return refuseOption(`${name} is a whole number from ${least} to ${most}, not ${shown(value)}`);
}

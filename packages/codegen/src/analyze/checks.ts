// Proves the asserts that lowering planted, each in its block, and makes a diagnostic of each that cannot be proved: what
// is known of the value, and what to write so that more is known.
import { type Diagnostic, type DiagnosticDetails, diagnostic } from "@typebpf/abi";
import type { AssertInst, BlockId, Check, Inst, IrFunction, ValueId } from "../ir/function.ts";
import { type Interval, singleValue } from "../ir/interval.ts";
import type { Places } from "../ir/places.ts";
import type { Ranges } from "../ir/ranges.ts";
import { analyzeDiagnostics, rowOfCheck } from "./diagnostics.ts";
import type { Widths } from "./widths.ts";

/** What the checks are proved from. */
export interface Facts {
  readonly ranges: Ranges;
  readonly widths: Widths;
  readonly places: Places;
}

/** Diagnostics of the asserts that do not hold, in the order of the program. */
export function checkAsserts(fn: IrFunction, facts: Facts): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const block of fn.blocks) {
    if (!facts.ranges.isReachable(block.id)) continue;
    for (const inst of block.insts) {
      if (inst.op !== "assert") continue;
      const problem = checkAssert(inst, block.id, facts);
      if (problem) found.push(problem);
    }
  }
  return found;
}

function checkAssert(inst: AssertInst, block: BlockId, facts: Facts): Diagnostic | undefined {
  const [value] = inst.args;
  const range = facts.ranges.at(value, block);
  const { check } = inst;
  if (check.kind === "fits") return checkFits(check, inst, value, block, facts);
  if (holds(check, range)) return undefined;
  const given = check.kind === "safe" ? operands(facts, value, block) : undefined;
  return diagnostic(rowOfCheck[check.kind], { ...details(check, range), ...given, at: inst.at });
}

const signs: Readonly<Partial<Record<Inst["op"], string>>> = { add64: "+", sub64: "-", mul64: "*" };

/** A sum or product that is too large says so by its operands, since its own range has wrapped. */
function operands(facts: Facts, value: ValueId, block: BlockId): DiagnosticDetails | undefined {
  const inst = facts.places.definition(value);
  const sign = inst && signs[inst.op];
  if (!sign || !("args" in inst) || inst.args.length !== 2) return undefined;
  const [left, right] = inst.args.map((arg) => show(facts.ranges.at(arg, block)));
  return { message: `the result of (${left}) ${sign} (${right}) may be more than a number holds exactly` };
}

const largest = (1n << 53n) - 1n;

function holds(check: Exclude<Check, { kind: "fits" }>, range: Interval): boolean {
  switch (check.kind) {
    case "safe":
      return range.smin >= -largest && range.smax <= largest;
    case "index":
      return range.smin >= 0n && range.smax < BigInt(check.length);
    case "nonzero":
      return range.umin > 0n || range.smin > 0n || range.smax < 0n;
    case "within":
      return range.smin >= check.min && range.smax <= check.max;
  }
}

function details(check: Exclude<Check, { kind: "fits" }>, range: Interval): DiagnosticDetails {
  const known = show(range);
  switch (check.kind) {
    case "safe":
      return {
        message: `the result is ${known}, more than a number holds exactly`,
        notes: ["numbers are exact up to 2^53-1"],
      };
    case "index": {
      const { length } = check;
      const mask = Number.isInteger(Math.log2(length)) ? `, or mask it: \`index & ${length - 1}\`` : "";
      const guard = range.smin < 0n ? `index >= 0 && index < ${length}` : `index < ${length}`;
      return {
        message:
          check.part === undefined
            ? `the index is ${known}, the array has ${length} ${length === 1 ? "item" : "items"}`
            : `the offset is ${known}, ${check.part} fit at ${length === 1 ? "0" : `0…${length - 1}`} only`,
        help: `test it before: \`if (${guard}) …\`${mask}`,
      };
    }
    case "nonzero":
      return {
        message:
          singleValue(range) === 0n
            ? `the divisor of ${check.what} is 0`
            : `the divisor of ${check.what} is ${known}, so it may be zero`,
        help: "test it before: `if (divisor === 0) …`, or write `(a / b) | 0`, which gives 0 for a zero divisor",
      };
    case "within":
      return {
        message: `${check.what} is ${known}, it must be ${check.min}…${check.max}`,
        help: `test it before: \`if (value >= ${check.min} && value <= ${check.max}) …\``,
      };
  }
}

type Fits = Extract<Check, { kind: "fits" }>;

function checkFits(
  check: Fits,
  inst: AssertInst,
  value: ValueId,
  block: BlockId,
  facts: Facts,
): Diagnostic | undefined {
  const { bits, signed, field } = check;
  const type = bits === 8 || bits === 16 || bits === 32 ? `${signed ? "i" : "u"}${bits}` : undefined;
  const shape = type ?? `${bits} ${bits === 1 ? "bit" : "bits"}`;
  const range = facts.ranges.at(value, block);
  const constant =
    constantIn(facts.places.definition(value)) ??
    (facts.widths.at(value, block) > bits ? singleValue(range) : undefined);
  if (constant !== undefined) {
    const [min, max] = limits(bits, signed);
    const given = BigInt.asIntN(64, constant);
    if (given >= min && given <= max) return undefined;
    const held = signed ? BigInt.asIntN(bits, given) : BigInt.asUintN(bits, given);
    return diagnostic(analyzeDiagnostics.constantTooWide, {
      message: `the constant ${given} does not fit \`${field}\` (${shape}, ${min}…${max})`,
      help: `write ${held}${type ? ` or \`${type}(${given})\`` : ""} if that is meant, or give the field a wider type`,
      at: inst.at,
    });
  }
  const width = facts.widths.at(value, block);
  if (width <= bits) return undefined;
  const cast = type ? `cast it: \`${type}(…)\`` : `mask it: \`… & 0x${((1n << BigInt(bits)) - 1n).toString(16)}\``;
  return diagnostic(analyzeDiagnostics.valueTooWide, {
    message: `the value is ${width} bits wide (${show(range)}), \`${field}\` has ${shape}`,
    help: `${cast} to drop the upper bits`,
    at: inst.at,
  });
}

function constantIn(inst: Inst | undefined): bigint | undefined {
  return inst?.op === "const" ? inst.value : undefined;
}

function limits(bits: number, signed: boolean): readonly [bigint, bigint] {
  const size = 1n << BigInt(bits);
  return signed ? [-(size >> 1n), (size >> 1n) - 1n] : [0n, size - 1n];
}

/** A range as the author would write it; far ends by their power of two. */
function show(range: Interval): string {
  const [min, max] = [bound(range.smin), bound(range.smax)];
  if (range.smin === range.smax) return min;
  return `${min}…${max}`;
}

function bound(value: bigint): string {
  const magnitude = value < 0n ? -value : value;
  if (magnitude < 100_000n) return value.toString();
  const sign = value < 0n ? "-" : "";
  for (const [offset, text] of [
    [0n, ""],
    [1n, "-1"],
  ] as const) {
    const power = (magnitude + offset).toString(2);
    if (/^10*$/.test(power)) return sign && text ? value.toString() : `${sign}2^${power.length - 1}${text}`;
  }
  return value.toString();
}

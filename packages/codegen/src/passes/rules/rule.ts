// The form of a rewrite rule: one row that looks at one instruction (or condition) and says what may stand for it. Rules know
// operands only through `RuleContext`, so they hold on any function. Each is sound for all 64-bit values it does not exclude.
import type { Inst, ValueId } from "../../ir/function.ts";
import type { BinaryOp, CompareOp, UnaryOp } from "../../ir/ops.ts";

/** What a rule may ask and make. Made instructions stand just before the one that is rewritten. */
export interface RuleContext {
  /** The constant that a value is, unsigned 64 bits. */
  constant(value: ValueId): bigint | undefined;
  /** The instruction that defines a value; undefined for block parameters. */
  definition(value: ValueId): Inst | undefined;
  /** An upper bound of the value as unsigned 64 bits. */
  maximum(value: ValueId): bigint;
  /** The bound that the kernel's verifier sees too, for what only bounds a value. */
  visibleMaximum(value: ValueId): bigint;
  /** How often the value is read. */
  uses(value: ValueId): number;
  /** Whether an instruction reads it, not conditions and edges alone: it is computed anyway. */
  isRead(value: ValueId): boolean;
  makeConstant(value: bigint): ValueId;
  makeBinary(op: BinaryOp, left: ValueId, right: ValueId): ValueId;
  makeUnary(op: UnaryOp, value: ValueId): ValueId;
}

/** An integer operation, by its parts. */
export interface Operation {
  readonly op: BinaryOp | UnaryOp;
  readonly left: ValueId;
  /** The same as `left` for unary operations. */
  readonly right: ValueId;
}

/** Gives the value that may stand for the operation, or nothing. */
export interface OperationRule {
  readonly name: string;
  /** Operations it looks at; the others are not shown to it. */
  readonly ops: readonly (BinaryOp | UnaryOp)[];
  readonly apply: (operation: Operation, context: RuleContext) => ValueId | undefined;
}

/** A condition by its parts. */
export interface Condition {
  readonly compare: CompareOp;
  readonly left: ValueId;
  readonly right: ValueId;
}

/** What may stand for a condition: another one, perhaps with the edges exchanged, or a known outcome. */
export type ConditionResult = (Condition & { readonly negate?: boolean }) | boolean;

export interface ConditionRule {
  readonly name: string;
  readonly apply: (condition: Condition, context: RuleContext) => ConditionResult | undefined;
}

/** Operands of the instruction that defines `value`, when it has this operation. */
export function operandsOf(
  context: RuleContext,
  value: ValueId,
  op: BinaryOp | UnaryOp,
): readonly [ValueId, ValueId] | undefined {
  const inst = context.definition(value);
  if (inst?.op !== op || !("args" in inst)) return undefined;
  const [left, right] = inst.args;
  return left === undefined ? undefined : [left, right ?? left];
}

/** Both widths of an operation. */
export function bothWidths<N extends string>(...names: readonly N[]): readonly `${N}${32 | 64}`[] {
  return names.flatMap((name) => [`${name}64`, `${name}32`] as const);
}

/** The width in the name of an operation. */
export function widthOf(op: string): 32 | 64 {
  return op.endsWith("32") ? 32 : 64;
}

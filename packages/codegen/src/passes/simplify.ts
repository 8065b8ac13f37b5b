// Local rewriting: constant folding and the rules of `rules/`, each instruction looked at once per round with its operands already
// simplified. Takes and gives a well-formed function; what it replaces is left for dead-code removal.
import { argsOf, blockMap, resultOf } from "../ir/cfg.ts";
import { dominators } from "../ir/dominators.ts";
import { evaluateBinary, evaluateUnary } from "../ir/evaluate.ts";
import type { Block, Inst, IrFunction, Terminator, ValueId } from "../ir/function.ts";
import { type BinaryOp, binaryOps, commutative, type UnaryOp, unaryOps } from "../ir/ops.ts";
import { following, freshIds, renameEnd, renameInst } from "../ir/rewrite.ts";
import { maximumOf, visibleMaximumOf } from "./maximum.ts";
import { arithmeticRules } from "./rules/arithmetic.ts";
import { bitwiseRules } from "./rules/bitwise.ts";
import { compareRules } from "./rules/compare.ts";
import { endianConditions, endianRules } from "./rules/endian.ts";
import type { Condition, ConditionRule, Operation, OperationRule, RuleContext } from "./rules/rule.ts";
import { widthRules, withoutUpperBits } from "./rules/width.ts";
import { countUses, definitions } from "./uses.ts";

/** All rules on operations, in the order in which they are tried. */
export const operationRules: readonly OperationRule[] = [
  ...arithmeticRules,
  ...bitwiseRules,
  ...widthRules,
  ...endianRules,
];
/** All rules on conditions. */
export const conditionRules: readonly ConditionRule[] = [...compareRules, ...endianConditions];

const rulesOf = new Map<string, readonly OperationRule[]>(
  [...binaryOps, ...unaryOps].map((op) => [op, operationRules.filter((rule) => rule.ops.includes(op))]),
);
const unarySet: ReadonlySet<string> = new Set(unaryOps);
const integerSet: ReadonlySet<string> = new Set([...binaryOps, ...unaryOps]);

/** How many rules may fire on what one instruction became. */
const maxSteps = 16;

/** One round over the function. */
export function simplify(fn: IrFunction): IrFunction {
  const worker = new Simplifier(fn);
  const blocks = blockMap(fn);
  const done = new Map(dominators(fn).order.map((block) => [block.id, worker.block(block)]));
  const renamed = fn.blocks.map((block) => done.get(block.id) ?? blocks.get(block.id) ?? block);
  return {
    ...fn,
    blocks: renamed.map((block) => ({
      ...block,
      insts: block.insts.map((inst) => renameInst(inst, worker.rename)),
      end: renameEnd(block.end, worker.rename),
    })),
  };
}

class Simplifier implements RuleContext {
  private readonly replaced = new Map<ValueId, ValueId>();
  readonly rename = following(this.replaced);
  private readonly definitions: Map<ValueId, Inst>;
  private readonly useCounts: ReadonlyMap<ValueId, number>;
  private readonly read: ReadonlySet<ValueId>;
  private readonly fresh: ReturnType<typeof freshIds>;
  private out: Inst[] = [];
  private at: Inst["at"] | undefined;

  constructor(fn: IrFunction) {
    this.definitions = new Map(definitions(fn));
    this.useCounts = countUses(fn);
    this.read = new Set(fn.blocks.flatMap(({ insts }) => insts.flatMap(argsOf)));
    this.fresh = freshIds(fn);
  }

  block(block: Block): Block {
    this.out = [];
    for (const inst of block.insts) this.inst(renameInst(inst, this.rename));
    const end = this.end(renameEnd(block.end, this.rename));
    return { ...block, insts: this.out, end };
  }

  private inst(inst: Inst): void {
    this.at = inst.at;
    const result = resultOf(inst);
    if (!result || !integerSet.has(inst.op) || !("args" in inst)) {
      this.keep(this.trimStore(inst));
      return;
    }
    const stands = this.operation(
      inst.op as BinaryOp | UnaryOp,
      inst.args[0] ?? -1,
      inst.args[1] ?? inst.args[0] ?? -1,
      maxSteps,
    );
    if (stands === undefined) this.keep(inst);
    else this.replaced.set(result.value, stands);
  }

  /** A store writes only the low bits of its value. */
  private trimStore(inst: Inst): Inst {
    if (inst.op !== "store" || inst.size === 8) return inst;
    const value = withoutUpperBits(this, inst.args[1], inst.size * 8);
    return value === inst.args[1] ? inst : { ...inst, args: [inst.args[0], value] };
  }

  private keep(inst: Inst): void {
    const result = resultOf(inst);
    if (result) this.definitions.set(result.value, inst);
    this.out.push(inst);
  }

  /** The value that stands for the operation, or undefined when it must be made as it is. */
  private operation(op: BinaryOp | UnaryOp, left: ValueId, right: ValueId, steps: number): ValueId | undefined {
    const a = this.constant(left);
    const b = this.constant(right);
    if (unarySet.has(op)) {
      if (a !== undefined) return this.makeConstant(evaluateUnary(op as UnaryOp, a));
    } else {
      if (a !== undefined && b !== undefined) return this.makeConstant(evaluateBinary(op as BinaryOp, a, b));
      if (a !== undefined && commutative.has(op as BinaryOp))
        return this.makeBinary(op as BinaryOp, right, left, steps - 1);
    }
    if (steps <= 0) return undefined;
    const operation: Operation = { op, left, right };
    for (const rule of rulesOf.get(op) ?? []) {
      const value = rule.apply(operation, this);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  private end(end: Terminator): Terminator {
    if (end.op !== "branch") return end;
    this.at = end.at;
    let current = end;
    for (let step = 0; step < maxSteps; step++) {
      const condition: Condition = { compare: current.compare, left: current.args[0], right: current.args[1] };
      const next = this.condition(condition);
      if (next === undefined) return current;
      if (typeof next === "boolean") return { op: "jump", to: next ? current.then : current.else, at: end.at };
      const edges = next.negate
        ? { then: current.else, else: current.then }
        : { then: current.then, else: current.else };
      current = { ...current, ...edges, compare: next.compare, args: [next.left, next.right] };
    }
    return current;
  }

  private condition(condition: Condition): ReturnType<ConditionRule["apply"]> {
    for (const rule of conditionRules) {
      const result = rule.apply(condition, this);
      if (result !== undefined) return result;
    }
    return undefined;
  }

  // ── RuleContext ──

  constant(value: ValueId): bigint | undefined {
    const inst = this.definitions.get(value);
    return inst?.op === "const" ? inst.value : undefined;
  }
  definition(value: ValueId): Inst | undefined {
    return this.definitions.get(value);
  }
  maximum(value: ValueId): bigint {
    return maximumOf(value, (id) => this.definitions.get(id));
  }

  visibleMaximum(value: ValueId): bigint {
    return visibleMaximumOf(value, (id) => this.definitions.get(id));
  }
  uses(value: ValueId): number {
    return this.useCounts.get(value) ?? 1;
  }
  isRead(value: ValueId): boolean {
    return this.read.has(value);
  }
  makeConstant(value: bigint): ValueId {
    return this.emit({ op: "const", value: BigInt.asUintN(64, value) });
  }
  makeBinary(op: BinaryOp, left: ValueId, right: ValueId, steps = maxSteps - 1): ValueId {
    return this.operation(op, left, right, steps) ?? this.emit({ op, args: [left, right] });
  }
  makeUnary(op: UnaryOp, value: ValueId): ValueId {
    return this.operation(op, value, value, maxSteps - 1) ?? this.emit({ op, args: [value] });
  }
  private emit(
    what:
      | { readonly op: "const"; readonly value: bigint }
      | { readonly op: BinaryOp; readonly args: readonly [ValueId, ValueId] }
      | { readonly op: UnaryOp; readonly args: readonly [ValueId] },
  ): ValueId {
    const result = this.fresh.value();
    if (!this.at) throw new Error("simplify: an instruction without a place");
    this.keep({ ...what, result, type: "i64", at: this.at });
    return result;
  }
}

// What a branch becomes that only chooses between values: the instructions of both of its sides, each made once, and for each
// value a product or a mask that chooses. Takes the branch and its sides; ensures the value of the side that would be taken.
import { argsOf } from "../ir/cfg.ts";
import type { Block, Edge, Inst, Terminator, ValueId } from "../ir/function.ts";
import { full, type Interval } from "../ir/interval.ts";
import { type BinaryOp, binaryOps, type UnaryOp, unaryOps } from "../ir/ops.ts";
import type { Ranges } from "../ir/ranges.ts";
import { type Fresh, renameInst } from "../ir/rewrite.ts";
import { type ConditionMask, maskOf } from "./condition-mask.ts";

/** Operations that may be done where they were not asked for. */
export const cheap: ReadonlySet<string> = new Set<string>(
  ["const", ...unaryOps, ...binaryOps].filter((op) => !/^[us](?:div|mod)/.test(op)),
);

/** One way from a branch to where both ways meet. */
export interface Side {
  readonly insts: readonly Inst[];
  readonly params: Block["params"];
  readonly given: readonly ValueId[];
  readonly to: Edge;
}

/** A branch whose sides meet. */
export interface Shape {
  readonly end: Terminator & { readonly op: "branch" };
  readonly then: Side;
  readonly otherwise: Side;
}

/** Instructions, constants apart. */
export function costOf(insts: readonly Inst[]): number {
  return insts.filter((inst) => inst.op !== "const").length;
}

/** Instructions that a branch becomes, each made once. */
export class ChoiceBuilder {
  readonly made: Inst[] = [];
  readonly #block: Block;
  readonly #ranges: Ranges;
  readonly #definitions: ReadonlyMap<ValueId, Inst>;
  readonly #fresh: Fresh;
  readonly #known = new Map<string, ValueId>();
  readonly #own = new Map<ValueId, Inst>();

  constructor(block: Block, ranges: Ranges, defs: ReadonlyMap<ValueId, Inst>, fresh: Fresh) {
    this.#block = block;
    this.#ranges = ranges;
    this.#definitions = defs;
    this.#fresh = fresh;
  }

  range(value: ValueId): Interval {
    return this.#own.has(value) ? full : this.#ranges.at(value, this.#block.id);
  }

  constant(value: bigint): ValueId {
    return this.#make({ op: "const", value, result: -1, type: "i64", at: this.#block.end.at });
  }

  unary(op: UnaryOp, value: ValueId): ValueId {
    return this.#make({ op, args: [value], result: -1, type: "i64", at: this.#block.end.at });
  }

  binary(op: BinaryOp, left: ValueId, right: ValueId): ValueId {
    return this.#make({ op, args: [left, right], result: -1, type: "i64", at: this.#block.end.at });
  }

  #make(inst: Inst & { readonly result: ValueId }): ValueId {
    const named = (arg: ValueId): string => {
      const constant = this.#constantOf(arg);
      return constant === undefined ? `v${arg}` : `${constant}`;
    };
    const operands = inst.op === "const" ? [inst.type, `${inst.value}`] : argsOf(inst).map(named);
    const key = [inst.op, ...operands].join(" ");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const result = this.#fresh.value();
    this.#known.set(key, result);
    const own = { ...inst, result };
    this.#own.set(result, own);
    this.made.push(own);
    return result;
  }

  /** The instructions of a side, and what the side gives. */
  take({ insts, params, given: passed, to }: Side): readonly ValueId[] {
    const names = new Map(params.map(({ value }, index) => [value, passed[index] ?? value]));
    const rename = (value: ValueId): ValueId => names.get(value) ?? value;
    for (const inst of insts) {
      if (!("result" in inst) || inst.result === undefined) throw new Error("choices: an instruction without a result");
      names.set(inst.result, this.#make(renameInst(inst, rename) as Inst & { readonly result: ValueId }));
    }
    return to.args.map(rename);
  }

  /** What is passed on; undefined where the condition makes no mask. */
  choose(
    { compare, args: [left, right] }: Shape["end"],
    a: readonly ValueId[],
    b: readonly ValueId[],
  ): readonly ValueId[] | undefined {
    const condition = maskOf(this, compare, left, right);
    if (!condition) return undefined;
    return a.map((one, index) => {
      const other = b[index] ?? one;
      if (this.#isSame(one, other)) return one;
      return condition.negated ? this.#select(condition, other, one) : this.#select(condition, one, other);
    });
  }

  #isSame(a: ValueId, b: ValueId): boolean {
    const constant = this.#constantOf(a);
    return a === b || (constant !== undefined && constant === this.#constantOf(b));
  }

  #definition(value: ValueId): Inst | undefined {
    return this.#own.get(value) ?? this.#definitions.get(value);
  }

  #constantOf(value: ValueId): bigint | undefined {
    const inst = this.#definition(value);
    return inst?.op === "const" ? inst.value : undefined;
  }

  /**
   * `a` where the condition holds, else `b`. Products rather than masks: of a constant under a mask newer verifiers follow
   * both values.
   */
  #select({ bit, mask }: ConditionMask, a: ValueId, b: ValueId): ValueId {
    const [x, y] = [this.#constantOf(a), this.#constantOf(b)];
    const opposite = (): ValueId => this.binary("xor64", bit(), this.constant(1n));
    if (x !== undefined && y !== undefined) {
      const step = this.binary("mul64", bit(), this.constant(BigInt.asUintN(64, x - y)));
      return this.binary("add64", step, b);
    }
    if (y === 0n) return this.binary("mul64", a, bit());
    if (x === 0n) return this.binary("mul64", b, opposite());
    const more = this.#change(a, b);
    if (more) return this.binary(more.op, b, this.binary("mul64", bit(), more.by));
    const less = this.#change(b, a);
    if (less) return this.binary(less.op, a, this.binary("mul64", opposite(), less.by));
    return this.binary("xor64", b, this.binary("and64", this.binary("xor64", a, b), mask()));
  }

  /** `value` as an operation on `base` that zero leaves as it is. */
  #change(value: ValueId, base: ValueId): { readonly op: BinaryOp; readonly by: ValueId } | undefined {
    const inst = this.#definition(value);
    if (!inst || !/^(?:add|sub|or|xor)(?:64|32)$/.test(inst.op) || !("args" in inst)) return undefined;
    const op = inst.op as BinaryOp;
    if (op.endsWith("32") && !this.#isWord(base)) return undefined;
    const [left, right] = inst.args;
    if (left === base && right !== undefined) return { op, by: right };
    return right === base && left !== undefined && !op.startsWith("sub") ? { op, by: left } : undefined;
  }

  /** True where the upper half is zero. */
  #isWord(value: ValueId): boolean {
    const inst = this.#definition(value);
    if (inst && cheap.has(inst.op) && inst.op.endsWith("32") && inst.op !== "sext32") return true;
    return this.range(value).umax <= 0xffff_ffffn;
  }
}

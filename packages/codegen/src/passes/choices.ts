// Choices without branches: in loops that stay loops, a branch whose sides only compute, cheaply, what a block is given
// becomes both computations and a mask that chooses. The kernel's verifier follows every way through a loop, and those
// double with each such branch. What an address or a helper's argument is made of stays a branch: it bounds the value.
import { argsOf, blockMap, edgesOf } from "../ir/cfg.ts";
import { type DominatorTree, dominators } from "../ir/dominators.ts";
import type { Block, BlockId, Edge, Inst, IrFunction, Terminator, ValueId } from "../ir/function.ts";
import { full, type Interval } from "../ir/interval.ts";
import { findLoops } from "../ir/loops.ts";
import { type BinaryOp, binaryOps, type UnaryOp, unaryOps } from "../ir/ops.ts";
import { computeRanges, type Ranges } from "../ir/ranges.ts";
import { type Fresh, freshIds, renameInst } from "../ir/rewrite.ts";
import { type ConditionMask, maskOf } from "./condition-mask.ts";
import { definitions } from "./uses.ts";

/** Instructions that a side may have, and that a branch may become, constants apart. */
const mostOnSide = 10;
const mostMade = 16;

const cheap: ReadonlySet<string> = new Set<string>(
  ["const", ...unaryOps, ...binaryOps].filter((op) => !/^[us](?:div|mod)/.test(op)),
);

/** The function with such branches converted, but for where the verifier would lose the bound of a loop. */
export function convertChoices(fn: IrFunction): IrFunction {
  const tree = dominators(fn);
  const loops = findLoops(fn, tree);
  const inLoop = new Set(loops.flatMap((loop) => [...loop.blocks]));
  const branches = tree.order.filter(({ id, end }) => inLoop.has(id) && end.op === "branch");
  const converter = new Converter(fn, tree, new Set(loops.map((loop) => loop.header)));
  if (!branches.some((block) => converter.shapeOf(block))) return fn;
  for (const block of branches.toReversed()) converter.convert(block.id);
  const converted = converter.result();
  if (converted === fn) return fn;
  const [before, after] = [fn, converted].map((one) => computeRanges(one, dominators(one), "kernel"));
  const isBounded = loops.every(
    ({ header }) => before?.trips(header) === undefined || after?.trips(header) !== undefined,
  );
  return isBounded ? converted : fn;
}

/** Values that addresses and arguments of functions are computed from. */
function boundingValues(fn: IrFunction): ReadonlySet<ValueId> {
  const from = new Map<ValueId, readonly ValueId[]>();
  const given = new Map<ValueId, ValueId[]>();
  const blocks = blockMap(fn);
  const work: ValueId[] = [];
  for (const block of fn.blocks) {
    for (const inst of block.insts) {
      if (inst.op === "ptradd" || inst.op === "call" || inst.op === "invoke") work.push(...argsOf(inst));
      else if ("result" in inst && inst.result !== undefined && cheapOrDivision(inst))
        from.set(inst.result, argsOf(inst));
    }
    if (block.end.op === "return") work.push(...block.end.args);
    for (const edge of edgesOf(block.end)) {
      blocks.get(edge.block)?.params.forEach((param, index) => {
        const known = given.get(param.value);
        const arg = edge.args[index];
        if (arg === undefined) return;
        if (known) known.push(arg);
        else given.set(param.value, [arg]);
      });
    }
  }
  const found = new Set<ValueId>();
  for (let value = work.pop(); value !== undefined; value = work.pop()) {
    if (found.has(value)) continue;
    found.add(value);
    work.push(...(from.get(value) ?? given.get(value) ?? []));
  }
  return found;
}

function cheapOrDivision(inst: Inst): boolean {
  return cheap.has(inst.op) || /^[us](?:div|mod)/.test(inst.op);
}

/** One way from a branch to where both ways meet. */
interface Side {
  readonly insts: readonly Inst[];
  readonly params: Block["params"];
  readonly given: readonly ValueId[];
  readonly to: Edge;
}

interface Shape {
  readonly end: Terminator & { readonly op: "branch" };
  readonly then: Side;
  readonly otherwise: Side;
}

class Converter {
  readonly #fn: IrFunction;
  readonly #tree: DominatorTree;
  readonly #headers: ReadonlySet<BlockId>;
  readonly #blocks: Map<BlockId, Block>;
  readonly #bounding: ReadonlySet<ValueId>;
  readonly #definitions: Map<ValueId, Inst>;
  readonly #fresh: Fresh;
  #ranges: Ranges | undefined;
  #isChanged = false;

  constructor(fn: IrFunction, tree: DominatorTree, headers: ReadonlySet<BlockId>) {
    this.#fn = fn;
    this.#tree = tree;
    this.#headers = headers;
    this.#blocks = new Map(blockMap(fn));
    this.#bounding = boundingValues(fn);
    this.#definitions = new Map(definitions(fn));
    this.#fresh = freshIds(fn);
  }

  result(): IrFunction {
    if (!this.#isChanged) return this.#fn;
    return { ...this.#fn, blocks: this.#fn.blocks.map((block) => this.#blocks.get(block.id) ?? block) };
  }

  /** How the branch of a block could be converted. */
  shapeOf(block: Block): Shape | undefined {
    const { end } = block;
    if (end.op !== "branch") return undefined;
    for (const then of this.#sides(block.id, end.then))
      for (const otherwise of this.#sides(block.id, end.else))
        if (then.to.block === otherwise.to.block && this.#mayChoose(then, otherwise)) return { end, then, otherwise };
    return undefined;
  }

  /** The ways that an edge may stand for, through a block first. */
  #sides(from: BlockId, edge: Edge): readonly Side[] {
    const direct: Side = { insts: [], params: [], given: [], to: edge };
    const block = this.#blocks.get(edge.block);
    if (!block || block.id === from || block.end.op !== "jump" || this.#headers.has(block.id)) return [direct];
    const { insts, params, end } = block;
    // What it defines is read nowhere else where there is a way around it.
    if (this.#tree.dominates(block.id, end.to.block)) return [direct];
    const isCheap = insts.every((inst) => cheap.has(inst.op)) && costOf(insts) <= mostOnSide;
    return isCheap ? [{ insts, params, given: edge.args, to: end.to }, direct] : [direct];
  }

  #mayChoose(then: Side, otherwise: Side): boolean {
    const params = this.#blocks.get(then.to.block)?.params ?? [];
    return params.every(({ value, type }, index) => {
      const isSame = this.#said(then, then.to.args[index]) === this.#said(otherwise, otherwise.to.args[index]);
      return isSame || (type === "i64" && !this.#bounding.has(value));
    });
  }

  /** What a side gives, by how it is computed. */
  #said(side: Side, value: ValueId | undefined): string {
    const at = side.params.findIndex((param) => param.value === value);
    if (at >= 0) return `${side.given[at]}`;
    const inst = side.insts.find((one) => "result" in one && one.result === value) ?? this.#constant(value);
    if (!inst) return `${value}`;
    if (inst.op === "const") return `const ${inst.value} ${inst.type}`;
    return `(${inst.op} ${argsOf(inst)
      .map((arg) => this.#said(side, arg))
      .join(" ")})`;
  }

  #constant(value: ValueId | undefined): Inst | undefined {
    const inst = this.#definitions.get(value ?? -1);
    return inst?.op === "const" ? inst : undefined;
  }

  convert(id: BlockId): void {
    const block = this.#blocks.get(id);
    const shape = block && this.shapeOf(block);
    if (!block || !shape) return;
    this.#ranges ??= computeRanges(this.#fn);
    const builder = new Builder(block, this.#ranges, this.#definitions, this.#fresh);
    const [a, b] = [builder.take(shape.then), builder.take(shape.otherwise)];
    const args = builder.choose(shape.end, a, b);
    if (!args || costOf(builder.made) > mostMade) return;
    for (const inst of builder.made) if ("result" in inst) this.#definitions.set(inst.result ?? -1, inst);
    const to = { block: shape.then.to.block, args };
    this.#blocks.set(id, {
      ...block,
      insts: [...block.insts, ...builder.made],
      end: { op: "jump", to, at: shape.end.at },
    });
    this.#isChanged = true;
  }
}

function costOf(insts: readonly Inst[]): number {
  return insts.filter((inst) => inst.op !== "const").length;
}

/** Instructions that a branch becomes, each made once. */
class Builder {
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

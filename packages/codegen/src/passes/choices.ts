// Choices without branches: in loops that stay loops, a branch whose sides only compute, cheaply, what a block is given
// becomes both computations and a mask that chooses. The kernel's verifier follows every way through a loop, and those
// double with each such branch. What an address or a helper's argument is made of stays a branch: it bounds the value.
import { argsOf, blockMap, edgesOf } from "../ir/cfg.ts";
import { type DominatorTree, dominators } from "../ir/dominators.ts";
import type { Block, BlockId, Edge, Inst, IrFunction, ValueId } from "../ir/function.ts";
import { findLoops, type Loop } from "../ir/loops.ts";
import { computeRanges, type Ranges } from "../ir/ranges.ts";
import { type Fresh, freshIds } from "../ir/rewrite.ts";
import { ChoiceBuilder, cheap, costOf, type Shape, type Side } from "./choice-builder.ts";
import { definitions } from "./uses.ts";

/** Instructions that a side may have, and that a branch may become, constants apart. */
const mostOnSide = 10;
const mostMade = 16;
/** Instructions between a condition and the counter that it depends on. */
const mostDepth = 4;

/** The function with such branches converted, but for where the verifier would lose the bound of a loop. */
export function convertChoices(fn: IrFunction): IrFunction {
  const tree = dominators(fn);
  const loops = findLoops(fn, tree);
  if (loops.length === 0) return fn;
  const inLoop = new Set(loops.flatMap((loop) => [...loop.blocks]));
  const branches = tree.order.filter(({ id, end }) => inLoop.has(id) && end.op === "branch");
  const converter = new Converter(fn, tree, loops);
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

/** Values that addresses, arguments of functions, results and the tests that leave loops are computed from. */
function boundingValues(fn: IrFunction, loops: readonly Loop[]): ReadonlySet<ValueId> {
  const blocks = blockMap(fn);
  const leaving = loops.flatMap((loop) =>
    [...loop.blocks].flatMap((id) => {
      const end = blocks.get(id)?.end;
      return end?.op === "branch" && edgesOf(end).some((edge) => !loop.blocks.has(edge.block)) ? end.args : [];
    }),
  );
  const used = fn.blocks.flatMap(({ insts, end }) => [
    ...insts.flatMap((inst) =>
      inst.op === "ptradd" || inst.op === "call" || inst.op === "invoke" ? argsOf(inst) : [],
    ),
    ...(end.op === "return" ? end.args : []),
  ]);
  return sourcesOf(fn, [...leaving, ...used]);
}

/** Values that the next turn of a loop is computed from. */
function carriedValues(fn: IrFunction, loops: readonly Loop[]): ReadonlySet<ValueId> {
  const blocks = blockMap(fn);
  const given = loops.flatMap(({ header, latches }) =>
    latches.flatMap((id) => {
      const end = blocks.get(id)?.end;
      return end ? edgesOf(end).flatMap((edge) => (edge.block === header ? edge.args : [])) : [];
    }),
  );
  return sourcesOf(fn, given);
}

/** The values, and all that they are computed from. */
function sourcesOf(fn: IrFunction, values: readonly ValueId[]): ReadonlySet<ValueId> {
  const from = new Map<ValueId, readonly ValueId[]>();
  const given = new Map<ValueId, ValueId[]>();
  const blocks = blockMap(fn);
  for (const block of fn.blocks) {
    for (const inst of block.insts) {
      if ("result" in inst && inst.result !== undefined && cheapOrDivision(inst)) from.set(inst.result, argsOf(inst));
    }
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
  const work = [...values];
  for (let value = work.pop(); value !== undefined; value = work.pop()) {
    if (found.has(value)) continue;
    found.add(value);
    work.push(...(from.get(value) ?? given.get(value) ?? []));
  }
  return found;
}

/** Parameters of headers that begin with a constant and change by one. */
function countersOf(
  fn: IrFunction,
  headers: ReadonlySet<BlockId>,
  defs: ReadonlyMap<ValueId, Inst>,
): ReadonlySet<ValueId> {
  const counters = new Set(
    fn.blocks.flatMap(({ id, params }) => (headers.has(id) ? params.map(({ value }) => value) : [])),
  );
  const blocks = blockMap(fn);
  const isConstant = (value: ValueId | undefined): boolean => defs.get(value ?? -1)?.op === "const";
  for (const edge of fn.blocks.flatMap(({ end }) => edgesOf(end))) {
    blocks.get(edge.block)?.params.forEach(({ value }, index) => {
      const arg = edge.args[index] ?? -1;
      const inst = defs.get(arg);
      const isStep =
        inst !== undefined && cheap.has(inst.op) && argsOf(inst)[0] === value && isConstant(argsOf(inst)[1]);
      if (!isConstant(arg) && !isStep) counters.delete(value);
    });
  }
  return counters;
}

function cheapOrDivision(inst: Inst): boolean {
  return cheap.has(inst.op) || /^[us](?:div|mod)/.test(inst.op);
}

class Converter {
  readonly #fn: IrFunction;
  readonly #tree: DominatorTree;
  readonly #headers: ReadonlySet<BlockId>;
  readonly #blocks: Map<BlockId, Block>;
  readonly #bounding: ReadonlySet<ValueId>;
  readonly #carried: ReadonlySet<ValueId>;
  readonly #definitions: Map<ValueId, Inst>;
  readonly #fresh: Fresh;
  readonly #counters: ReadonlySet<ValueId>;
  #ranges: Ranges | undefined;
  #isChanged = false;

  constructor(fn: IrFunction, tree: DominatorTree, loops: readonly Loop[]) {
    this.#fn = fn;
    this.#tree = tree;
    this.#headers = new Set(loops.map((loop) => loop.header));
    this.#blocks = new Map(blockMap(fn));
    this.#bounding = boundingValues(fn, loops);
    this.#carried = carriedValues(fn, loops);
    this.#definitions = new Map(definitions(fn));
    this.#fresh = freshIds(fn);
    this.#counters = countersOf(fn, this.#headers, this.#definitions);
  }

  result(): IrFunction {
    if (!this.#isChanged) return this.#fn;
    return { ...this.#fn, blocks: this.#fn.blocks.map((block) => this.#blocks.get(block.id) ?? block) };
  }

  /** How the branch of a block could be converted. */
  shapeOf(block: Block): Shape | undefined {
    const { end } = block;
    if (end.op !== "branch" || end.args.every((value) => this.#isCounted(value, mostDepth))) return undefined;
    for (const then of this.#sides(block.id, end.then))
      for (const otherwise of this.#sides(block.id, end.else))
        if (then.to.block === otherwise.to.block && this.#mayChoose(then, otherwise)) return { end, then, otherwise };
    return undefined;
  }

  /** True of constants and counters, which the verifier knows in each turn: what they decide makes no second path. */
  #isCounted(value: ValueId, depth: number): boolean {
    const inst = this.#definitions.get(value);
    if (inst) {
      const args = argsOf(inst);
      return (
        inst.op === "const" || (depth > 0 && cheap.has(inst.op) && args.every((arg) => this.#isCounted(arg, depth - 1)))
      );
    }
    return this.#counters.has(value);
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

  /** Whether the branch multiplies paths, and nothing that it bounds is lost. */
  #mayChoose(then: Side, otherwise: Side): boolean {
    const params = this.#blocks.get(then.to.block)?.params ?? [];
    const chosen = params.filter((_, index) => {
      return this.#said(then, then.to.args[index]) !== this.#said(otherwise, otherwise.to.args[index]);
    });
    const pays = chosen.some(({ value }) => this.#carried.has(value));
    return pays && chosen.every(({ value, type }) => type === "i64" && !this.#bounding.has(value));
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
    const builder = new ChoiceBuilder(block, this.#ranges, this.#definitions, this.#fresh);
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

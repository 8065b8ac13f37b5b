// Jump threading: where the edge by which a small block is entered already decides the branch at its end, the edge gets its own copy
// of the block and goes straight to the outcome. This removes the join that `packet.at`, `&&`, `||` and flags leave behind.
import { blockMap, edgesOf } from "../ir/cfg.ts";
import { dominators } from "../ir/dominators.ts";
import { evaluateBinary, evaluateCompare, evaluateUnary } from "../ir/evaluate.ts";
import type { Block, BlockId, Edge, Inst, IrFunction, Terminator, ValueId } from "../ir/function.ts";
import { findLoops } from "../ir/loops.ts";
import { type BinaryOp, binaryOps, type UnaryOp, unaryOps } from "../ir/ops.ts";
import { type Fresh, freshIds, mapEdges, renameEdge, renameInst } from "../ir/rewrite.ts";
import { definedIn, type Redefined, repair } from "./ssa-repair.ts";
import { definitions, isPure } from "./uses.ts";

/** Blocks with more instructions than this are not copied. */
const maxCopied = 6;
/** Bounds the growth of one function. */
const maxThreads = 200;

const unarySet: ReadonlySet<string> = new Set(unaryOps);
const binarySet: ReadonlySet<string> = new Set(binaryOps);

/** The function with every decided edge threaded, in rounds of edges that do not touch each other. */
export function threadJumps(fn: IrFunction): IrFunction {
  let current = fn;
  for (let left = maxThreads; left > 0; ) {
    const found = findThreads(current).slice(0, left);
    if (found.length === 0) return current;
    current = threadAll(current, found);
    left -= found.length;
  }
  return current;
}

interface Thread {
  readonly from: BlockId;
  /** 0 for `to` and `then`, 1 for `else`. */
  readonly edge: number;
  readonly through: BlockId;
  readonly outcome: boolean;
}

/** Decided edges such that no block takes part in two of them, and none passes what another one copies. */
function findThreads(fn: IrFunction): readonly Thread[] {
  const blocks = blockMap(fn);
  const defs = definitions(fn);
  const tree = dominators(fn);
  const headers = new Set(findLoops(fn, tree).map((loop) => loop.header));
  const taken = new Set<BlockId>();
  const copied = new Set<ValueId>();
  const passed = new Set<ValueId>();
  const found: Thread[] = [];
  for (const from of tree.order) {
    for (const [index, edge] of edgesOf(from.end).entries()) {
      const through = blocks.get(edge.block);
      if (!through || through.id === from.id || through.end.op !== "branch" || headers.has(through.id)) continue;
      if (taken.has(from.id) || taken.has(through.id)) continue;
      if (through.insts.length > maxCopied || !through.insts.every(isPure)) continue;
      const outcome = outcomeAlong(through, edge, defs);
      const defined = definedIn(through);
      if (outcome === undefined || edge.args.some((arg) => copied.has(arg))) continue;
      if (defined.some(({ value }) => passed.has(value))) continue;
      for (const { value } of defined) copied.add(value);
      for (const arg of edge.args) passed.add(arg);
      for (const id of [from.id, through.id, ...edgesOf(through.end).map((one) => one.block)]) taken.add(id);
      found.push({ from: from.id, edge: index, through: through.id, outcome });
    }
  }
  return found;
}

/** How the branch at the end of `block` goes when it is entered by `edge`, where that is known. */
function outcomeAlong(block: Block, edge: Edge, defs: ReadonlyMap<ValueId, Inst>): boolean | undefined {
  const { end } = block;
  if (end.op !== "branch" || block.params.length === 0) return undefined;
  const known = new Map<ValueId, bigint | "nonnull">();
  const knownOf = (value: ValueId): bigint | "nonnull" | undefined =>
    known.get(value) ?? knownOfDefinition(defs.get(value));
  block.params.forEach((param, index) => {
    const value = knownOf(edge.args[index] ?? -1);
    if (value !== undefined) known.set(param.value, value);
  });
  for (const inst of block.insts) {
    const value = evaluate(inst, knownOf);
    if (value !== undefined && "result" in inst && inst.result !== undefined) known.set(inst.result, value);
  }
  const [left, right] = end.args.map(knownOf);
  if (typeof left === "bigint" && typeof right === "bigint") return evaluateCompare(end.compare, left, right);
  const isNull = (left === "nonnull" && right === 0n) || (right === "nonnull" && left === 0n);
  if (isNull && end.compare === "eq64") return false;
  return isNull && end.compare === "ne64" ? true : undefined;
}

function knownOfDefinition(inst: Inst | undefined): bigint | "nonnull" | undefined {
  if (!inst) return undefined;
  if (inst.op === "const") return inst.value;
  const isAddress =
    inst.op === "ptradd" ||
    inst.op === "slot" ||
    inst.op === "address" ||
    (inst.op === "load" && inst.type !== "i64" && inst.size < 8);
  return isAddress ? "nonnull" : undefined;
}

function evaluate(
  inst: Inst,
  knownOf: (value: ValueId) => bigint | "nonnull" | undefined,
): bigint | "nonnull" | undefined {
  const direct = knownOfDefinition(inst);
  if (direct !== undefined || !("args" in inst)) return direct;
  const [left, right] = inst.args.map(knownOf);
  if (typeof left !== "bigint") return undefined;
  if (unarySet.has(inst.op)) return evaluateUnary(inst.op as UnaryOp, left);
  return binarySet.has(inst.op) && typeof right === "bigint"
    ? evaluateBinary(inst.op as BinaryOp, left, right)
    : undefined;
}

/** The function with all of the threads, no two of which share a block. */
function threadAll(fn: IrFunction, threads: readonly Thread[]): IrFunction {
  const blocks = blockMap(fn);
  const fresh = freshIds(fn);
  const redirected = new Map<BlockId, readonly Block[]>();
  const redefined: Redefined[] = [];
  for (const one of threads) {
    const from = blocks.get(one.from);
    const through = blocks.get(one.through);
    const edge = from && edgesOf(from.end)[one.edge];
    if (!edge || through?.end.op !== "branch") continue;
    const { copy, names } = copyAlong(through, edge, one.outcome, fresh);
    const end = replaceEdge(from.end, one.edge, { block: copy.id, args: [] });
    redirected.set(from.id, [{ ...from, end }, copy]);
    for (const { value, type } of definedIn(through))
      redefined.push({ value, type, home: through.id, others: new Map([[copy.id, names.get(value) ?? value]]) });
  }
  return repair({ ...fn, blocks: fn.blocks.flatMap((block) => redirected.get(block.id) ?? [block]) }, redefined);
}

/** A block as it runs when it is entered by an edge that decides its branch, and what its values are called there. */
function copyAlong(
  through: Block,
  edge: Edge,
  outcome: boolean,
  fresh: Fresh,
): { readonly copy: Block; readonly names: ReadonlyMap<ValueId, ValueId> } {
  const { end } = through;
  if (end.op !== "branch") throw new Error("thread: a block without a branch");
  const id = fresh.block();
  const names = new Map<ValueId, ValueId>();
  through.params.forEach((param, position) => {
    names.set(param.value, edge.args[position] ?? param.value);
  });
  const rename = (value: ValueId): ValueId => names.get(value) ?? value;
  const insts = through.insts.map((inst) => {
    const renamed = renameInst(inst, rename);
    if (!("result" in renamed) || renamed.result === undefined) return renamed;
    const result = fresh.value();
    names.set(renamed.result, result);
    return { ...renamed, result };
  });
  const to = renameEdge(outcome ? end.then : end.else, rename);
  return { copy: { id, params: [], insts, end: { op: "jump", to, at: end.at } }, names };
}

function replaceEdge(end: Terminator, index: number, by: Edge): Terminator {
  let position = 0;
  return mapEdges(end, (edge) => (position++ === index ? by : edge));
}

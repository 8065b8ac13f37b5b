// Edges that lead, through blocks without effects, to one place whatever those blocks decide, go there at once: after `const a = at(…);
// const b = at(…); if (!a || !b) return …` a failed first check need not make the second. Loads may be skipped, stores and calls not.
import { argsOf, argsOfEnd, blockMap, edgesOf, resultOf } from "../ir/cfg.ts";
import { evaluateCompare } from "../ir/evaluate.ts";
import type { Block, BlockId, Edge, Inst, IrFunction, ValueId } from "../ir/function.ts";
import { mapBlocks, mapEdges } from "../ir/rewrite.ts";
import { definitions, isRemovable } from "./uses.ts";

/** How many blocks one edge may skip. */
const maxDepth = 4;
/** How many blocks are searched for one that still reads what is skipped. */
const mostSearched = 200;

/** The function with such edges redirected. */
export function skipBlocks(fn: IrFunction): IrFunction {
  const blocks = blockMap(fn);
  const defs = definitions(fn);
  const readers = readersOf(fn);
  const constantOf = (value: ValueId): bigint | undefined => {
    const inst = defs.get(value);
    return inst?.op === "const" ? inst.value : undefined;
  };
  const explorer = new Explorer(blocks, constantOf);
  return mapBlocks(fn, (block) => ({
    ...block,
    end: mapEdges(block.end, (edge) => {
      if (!edge.args.some((arg) => constantOf(arg) !== undefined)) return edge;
      const skipped = new Set<BlockId>();
      const target = explorer.follow(edge, new Map(), maxDepth, skipped);
      if (target.block === edge.block) return edge;
      const lost = new Set([...skipped].flatMap((id) => definedValues(blocks.get(id))));
      const wanted = new Set([...lost].flatMap((value) => [...(readers.get(value) ?? [])]));
      const isNeeded = target.args.some((arg) => lost.has(arg)) || leadsTo(target.block, wanted, blocks);
      return isNeeded ? edge : target;
    }),
  }));
}

function definedValues(block: Block | undefined): readonly ValueId[] {
  if (!block) return [];
  return [...block.params.map((param) => param.value), ...block.insts.flatMap((inst) => resultOf(inst)?.value ?? [])];
}

/** The blocks that read each value. */
function readersOf(fn: IrFunction): ReadonlyMap<ValueId, ReadonlySet<BlockId>> {
  const readers = new Map<ValueId, Set<BlockId>>();
  for (const block of fn.blocks) {
    for (const value of [...block.insts.flatMap((inst) => argsOf(inst)), ...argsOfEnd(block.end)]) {
      const known = readers.get(value);
      if (known) known.add(block.id);
      else readers.set(value, new Set([block.id]));
    }
  }
  return readers;
}

/** True when `start` leads to one of the blocks, or may: the search is given up where it gets long. */
function leadsTo(start: BlockId, wanted: ReadonlySet<BlockId>, blocks: ReadonlyMap<BlockId, Block>): boolean {
  if (wanted.size === 0) return false;
  const seen = new Set<BlockId>();
  const work = [start];
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    const block = blocks.get(id);
    if (!block || seen.has(id)) continue;
    seen.add(id);
    if (wanted.has(id) || seen.size > mostSearched) return true;
    work.push(...edgesOf(block.end).map((edge) => edge.block));
  }
  return false;
}

class Explorer {
  private readonly blocks: ReadonlyMap<BlockId, Block>;
  private readonly constantOf: (value: ValueId) => bigint | undefined;
  constructor(blocks: ReadonlyMap<BlockId, Block>, constantOf: (value: ValueId) => bigint | undefined) {
    this.blocks = blocks;
    this.constantOf = constantOf;
  }

  /** The edge that stands for `edge`, which may be itself; adds the blocks on all ways there to `skipped`. */
  follow(edge: Edge, outer: ReadonlyMap<ValueId, ValueId>, depth: number, skipped: Set<BlockId>): Edge {
    const args = edge.args.map((arg) => outer.get(arg) ?? arg);
    const here: Edge = { block: edge.block, args };
    const block = this.blocks.get(edge.block);
    if (!block || depth === 0 || !block.insts.every((inst: Inst) => isRemovable(inst))) return here;
    const known = new Map(outer);
    block.params.forEach((param, index) => {
      known.set(param.value, args[index] ?? param.value);
    });
    const inner = new Set<BlockId>([block.id]);
    const target = this.leave(block, known, depth - 1, inner);
    if (!target) return here;
    for (const id of inner) skipped.add(id);
    return target;
  }

  private leave(
    block: Block,
    known: ReadonlyMap<ValueId, ValueId>,
    depth: number,
    skipped: Set<BlockId>,
  ): Edge | undefined {
    const { end } = block;
    if (end.op === "return") return undefined;
    const edges = edgesOf(end);
    if (end.op === "branch") {
      const [left, right] = end.args.map((arg) => this.constantOf(known.get(arg) ?? arg));
      if (left !== undefined && right !== undefined)
        return this.follow(evaluateCompare(end.compare, left, right) ? end.then : end.else, known, depth, skipped);
    }
    const [first, ...others] = edges.map((edge) => this.follow(edge, known, depth, skipped));
    if (!first) return undefined;
    const agree = others.every(
      (other) =>
        other.block === first.block && other.args.every((arg, index) => this.same(arg, first.args[index] ?? -1)),
    );
    return agree && !skipped.has(first.block) ? first : undefined;
  }

  /** The same value, or the same constant. */
  private same(left: ValueId, right: ValueId): boolean {
    const constant = this.constantOf(left);
    return left === right || (constant !== undefined && constant === this.constantOf(right));
  }
}

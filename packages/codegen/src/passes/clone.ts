// Copies a set of blocks with fresh names: the base of loop peeling. Edges among the blocks go to the copies, but for those that
// `keep` wants at the original; edges that leave stay as they are.
import type { Block, BlockId, IrFunction, ValueId } from "../ir/function.ts";
import { type Fresh, mapEdges, renameEnd, renameInst } from "../ir/rewrite.ts";

export interface Clone {
  readonly blocks: readonly Block[];
  /** Copy of each block and of each value. */
  readonly blockOf: ReadonlyMap<BlockId, BlockId>;
  readonly valueOf: ReadonlyMap<ValueId, ValueId>;
}

/** Copies the blocks of `fn` named by `ids`; edges to a block of `keep` go to the original. */
export function cloneBlocks(
  fn: IrFunction,
  ids: ReadonlySet<BlockId>,
  keep: ReadonlySet<BlockId>,
  fresh: Fresh,
): Clone {
  const blockOf = new Map<BlockId, BlockId>();
  const copies = new Map<ValueId, ValueId>();
  const originals = fn.blocks.filter((block) => ids.has(block.id));
  for (const block of originals) {
    blockOf.set(block.id, fresh.block());
    for (const param of block.params) copies.set(param.value, fresh.value());
    for (const inst of block.insts)
      if ("result" in inst && inst.result !== undefined) copies.set(inst.result, fresh.value());
  }
  const rename = (value: ValueId): ValueId => copies.get(value) ?? value;
  const blocks = originals.map((block) => ({
    id: blockOf.get(block.id) ?? block.id,
    params: block.params.map((param) => ({ ...param, value: rename(param.value) })),
    insts: block.insts.map((inst) => {
      const renamed = renameInst(inst, rename);
      return "result" in renamed && renamed.result !== undefined
        ? { ...renamed, result: rename(renamed.result) }
        : renamed;
    }),
    end: mapEdges(renameEnd(block.end, rename), (edge) =>
      keep.has(edge.block) ? edge : { block: blockOf.get(edge.block) ?? edge.block, args: edge.args },
    ),
  }));
  return { blocks, blockOf, valueOf: copies };
}

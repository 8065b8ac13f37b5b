// Control flow made simple: removes unreachable blocks, folds branches that go one way, removes parameters that always get the
// same value, skips empty blocks and joins a block with its only predecessor.
import { blockMap, edgesOf, entryOf, predecessors, reversePostorder } from "../ir/cfg.ts";
import { evaluateCompare } from "../ir/evaluate.ts";
import type { Block, BlockId, Edge, IrFunction, Terminator, ValueId } from "../ir/function.ts";
import { following, mapBlocks, mapEdges, renameEdge, renameUses } from "../ir/rewrite.ts";
import { countUses, definitions } from "./uses.ts";

/** The function in its simplest shape; repeats until nothing changes. */
export function simplifyControlFlow(fn: IrFunction): IrFunction {
  let current = fn;
  for (let round = 0; round < 50; round++) {
    const next = joinBlocks(skipEmptyBlocks(removeTrivialParams(removeUnreachable(foldBranches(current)))));
    if (sameShape(current, next)) return next;
    current = next;
  }
  return current;
}

function sameShape(a: IrFunction, b: IrFunction): boolean {
  return (
    a.blocks.length === b.blocks.length &&
    a.blocks.every((block, index) => {
      const other = b.blocks[index];
      return (
        other !== undefined &&
        block.id === other.id &&
        block.end === other.end &&
        block.params.length === other.params.length
      );
    })
  );
}

function sameEdge(a: Edge, b: Edge): boolean {
  return a.block === b.block && a.args.every((arg, index) => arg === b.args[index]);
}

/** Branches on two constants, on one value with itself, or with both edges alike become jumps. */
function foldBranches(fn: IrFunction): IrFunction {
  const defs = definitions(fn);
  const constant = (value: ValueId): bigint | undefined => {
    const inst = defs.get(value);
    return inst?.op === "const" ? inst.value : undefined;
  };
  return mapBlocks(fn, (block) => {
    const { end } = block;
    if (end.op !== "branch") return block;
    const [left, right] = end.args.map(constant);
    const jump = (to: Edge): Block => ({ ...block, end: { op: "jump", to, at: end.at } });
    if (sameEdge(end.then, end.else)) return jump(end.then);
    if (left !== undefined && right !== undefined)
      return jump(evaluateCompare(end.compare, left, right) ? end.then : end.else);
    if (end.args[0] === end.args[1] && !end.compare.startsWith("set"))
      return jump(evaluateCompare(end.compare, 0n, 0n) ? end.then : end.else);
    return block;
  });
}

function removeUnreachable(fn: IrFunction): IrFunction {
  const reachable = new Set(reversePostorder(fn).map((block) => block.id));
  if (reachable.size === fn.blocks.length) return fn;
  return { ...fn, blocks: fn.blocks.filter((block) => reachable.has(block.id)) };
}

/** Parameters that get one value from all edges (or themselves) are replaced by it. */
function removeTrivialParams(fn: IrFunction): IrFunction {
  const entry = entryOf(fn).id;
  const incoming = new Map<BlockId, Edge[]>(fn.blocks.map((block) => [block.id, []]));
  for (const block of fn.blocks) for (const edge of edgesOf(block.end)) incoming.get(edge.block)?.push(edge);
  const to = new Map<ValueId, ValueId>();
  const rename = following(to);
  for (const block of fn.blocks) {
    if (block.id === entry) continue;
    block.params.forEach((param, index) => {
      const given = new Set<ValueId>();
      for (const edge of incoming.get(block.id) ?? []) {
        const arg = rename(edge.args[index] ?? param.value);
        if (arg !== param.value) given.add(arg);
      }
      const [only] = given;
      if (only !== undefined && given.size === 1) to.set(param.value, only);
    });
  }
  if (to.size === 0) return fn;
  const removed = (block: BlockId, index: number): boolean => {
    const param = params.get(block)?.[index];
    return param !== undefined && to.has(param.value);
  };
  const params = new Map(fn.blocks.map((block) => [block.id, block.params]));
  const trimmed = mapBlocks(fn, (block) => ({
    ...block,
    params: block.params.filter((param) => !to.has(param.value)),
    end: mapEdges(block.end, (edge) => ({
      block: edge.block,
      args: edge.args.filter((_, index) => !removed(edge.block, index)),
    })),
  }));
  return renameUses(trimmed, rename);
}

/** An edge to a block that only jumps on goes to that block's target, where its parameters are used nowhere else. */
function skipEmptyBlocks(fn: IrFunction): IrFunction {
  const blocks = blockMap(fn);
  const uses = countUses(fn);
  const entry = entryOf(fn).id;
  const isForwarder = (block: Block): boolean => {
    const { end } = block;
    if (end.op !== "jump" || block.insts.length > 0 || block.id === entry || end.to.block === block.id) return false;
    return block.params.every((param) => {
      const own = end.to.args.filter((arg) => arg === param.value).length;
      return (uses.get(param.value) ?? 0) === own;
    });
  };
  const forward = (edge: Edge, hops: number): Edge => {
    const target = blocks.get(edge.block);
    if (!target || hops > fn.blocks.length || !isForwarder(target) || target.end.op !== "jump") return edge;
    const passed = new Map(target.params.map((param, index) => [param.value, edge.args[index] ?? param.value]));
    return forward(
      renameEdge(target.end.to, (value) => passed.get(value) ?? value),
      hops + 1,
    );
  };
  return mapBlocks(fn, (block) => {
    const end = mapEdges(block.end, (edge) => forward(edge, 0));
    return endsAlike(end, block.end) ? block : { ...block, end };
  });
}

function endsAlike(a: Terminator, b: Terminator): boolean {
  const other = edgesOf(b);
  return edgesOf(a).every((edge, index) => edge === other[index]);
}

/** A block whose only predecessor jumps to it becomes the rest of that predecessor. */
function joinBlocks(fn: IrFunction): IrFunction {
  const before = predecessors(fn);
  const blocks = blockMap(fn);
  const entry = entryOf(fn).id;
  const joins = (block: Block): boolean => {
    const [only, ...more] = before.get(block.id) ?? [];
    return block.id !== entry && only !== undefined && more.length === 0 && blocks.get(only)?.end.op === "jump";
  };
  const joining = new Set(fn.blocks.filter(joins).map((block) => block.id));
  if (joining.size === 0) return fn;
  const to = new Map<ValueId, ValueId>();
  const extend = (head: Block): Block => {
    let block = head;
    for (;;) {
      const { end } = block;
      const next = end.op === "jump" && joining.has(end.to.block) ? blocks.get(end.to.block) : undefined;
      if (end.op !== "jump" || !next) return block;
      next.params.forEach((param, index) => {
        to.set(param.value, end.to.args[index] ?? param.value);
      });
      block = { ...block, insts: [...block.insts, ...next.insts], end: next.end };
    }
  };
  const heads = fn.blocks.filter((block) => !joining.has(block.id)).map(extend);
  return renameUses({ ...fn, blocks: heads }, following(to));
}

// Dead code: removes instructions and block parameters that nothing with an effect needs. Works backwards from stores, calls and
// terminators, so cycles of parameters that only feed each other go too.
import { argsOf, edgesOf, resultOf } from "../ir/cfg.ts";
import type { Block, BlockId, Edge, IrFunction, ValueId } from "../ir/function.ts";
import { mapEdges } from "../ir/rewrite.ts";
import { isRemovable } from "./uses.ts";

/** The function without what nobody needs. */
export function removeDeadCode(fn: IrFunction): IrFunction {
  const live = liveValues(fn);
  const params = new Map(fn.blocks.map((block) => [block.id, block.params.map((param) => live.has(param.value))]));
  const [entry] = fn.blocks;
  const keep = (block: BlockId, index: number): boolean => block === entry?.id || (params.get(block)?.[index] ?? true);
  const trim = (edge: Edge): Edge => ({
    block: edge.block,
    args: edge.args.filter((_, index) => keep(edge.block, index)),
  });
  const blocks = fn.blocks.map((block) => ({
    id: block.id,
    params: block.params.filter((_, index) => keep(block.id, index)),
    insts: block.insts.filter((inst) => {
      const result = resultOf(inst);
      return !isRemovable(inst) || (result !== undefined && live.has(result.value));
    }),
    end: mapEdges(block.end, trim),
  }));
  return removeUnusedSlots({ ...fn, blocks });
}

function liveValues(fn: IrFunction): ReadonlySet<ValueId> {
  const needs = operandsOf(fn);
  const live = new Set<ValueId>();
  const work = fn.blocks.flatMap((block) => roots(block));
  for (let value = work.pop(); value !== undefined; value = work.pop()) {
    if (live.has(value)) continue;
    live.add(value);
    work.push(...(needs.get(value) ?? []));
  }
  return live;
}

function roots(block: Block): readonly ValueId[] {
  const effects = block.insts.filter((inst) => !isRemovable(inst)).flatMap(argsOf);
  return block.end.op === "jump" ? effects : [...effects, ...block.end.args];
}

/** What each value is made of: the operands of its instruction, or what the edges pass for a parameter. */
function operandsOf(fn: IrFunction): ReadonlyMap<ValueId, readonly ValueId[]> {
  const needs = new Map<ValueId, ValueId[]>();
  const params = new Map(fn.blocks.map((block) => [block.id, block.params]));
  for (const block of fn.blocks) {
    for (const inst of block.insts) {
      const result = resultOf(inst);
      if (result) needs.set(result.value, [...argsOf(inst)]);
    }
    for (const edge of edgesOf(block.end))
      params.get(edge.block)?.forEach((param, index) => {
        const arg = edge.args[index];
        if (arg === undefined) return;
        const known = needs.get(param.value);
        if (known) known.push(arg);
        else needs.set(param.value, [arg]);
      });
  }
  return needs;
}

function removeUnusedSlots(fn: IrFunction): IrFunction {
  const used = new Set(
    fn.blocks.flatMap((block) => block.insts.flatMap((inst) => (inst.op === "slot" ? [inst.slot] : []))),
  );
  return { ...fn, slots: fn.slots.filter((slot) => used.has(slot.id)) };
}

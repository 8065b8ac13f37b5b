// After a block was duplicated, a value that it defines has two definitions: this restores SSA by giving each use the definition that
// reaches it, with new block parameters where both do (Braun et al., "Simple and Efficient Construction of SSA Form").
import { argsOf, argsOfEnd, edgesOf, predecessors, resultOf } from "../ir/cfg.ts";
import type { Block, BlockId, IrFunction, Param, ValueId } from "../ir/function.ts";
import { freshIds, mapEdges, renameEnd, renameInst } from "../ir/rewrite.ts";
import type { IrType } from "../ir/types.ts";

/** A value with several definitions, each holding at the end of its block. */
export interface Redefined {
  /** The value whose uses are to be repaired; defined in block `home`. */
  readonly value: ValueId;
  readonly type: IrType;
  readonly home: BlockId;
  /** The other definitions by block. */
  readonly others: ReadonlyMap<BlockId, ValueId>;
}

/** The function with every use of the redefined values repaired. */
export function repair(fn: IrFunction, redefined: readonly Redefined[]): IrFunction {
  return redefined.reduce((current, one) => (isUsedOutside(current, one) ? repairOne(current, one) : current), fn);
}

function isUsedOutside(fn: IrFunction, { value, home }: Redefined): boolean {
  return fn.blocks.some(
    (block) =>
      block.id !== home &&
      (block.insts.some((inst) => argsOf(inst).includes(value)) || argsOfEnd(block.end).includes(value)),
  );
}

function repairOne(fn: IrFunction, redefined: Redefined): IrFunction {
  const finder = new Finder(fn, redefined);
  const blocks = fn.blocks.map((block) => {
    if (block.id === redefined.home || redefined.others.has(block.id)) return block;
    return renameIn(block, redefined.value, () => finder.atStart(block.id));
  });
  return finder.finish({ ...fn, blocks });
}

function renameIn(block: Block, value: ValueId, reaching: () => ValueId): Block {
  const rename = (id: ValueId): ValueId => (id === value ? reaching() : id);
  const uses = block.insts.some((inst) => argsOf(inst).includes(value)) || argsOfEnd(block.end).includes(value);
  if (!uses) return block;
  return { ...block, insts: block.insts.map((inst) => renameInst(inst, rename)), end: renameEnd(block.end, rename) };
}

class Finder {
  private readonly before: ReadonlyMap<BlockId, readonly BlockId[]>;
  private readonly found = new Map<BlockId, ValueId>();
  private readonly added = new Map<BlockId, Param>();
  private readonly fresh: ReturnType<typeof freshIds>;
  private readonly redefined: Redefined;
  constructor(fn: IrFunction, redefined: Redefined) {
    this.before = predecessors(fn);
    this.fresh = freshIds(fn);
    this.redefined = redefined;
  }
  /** The definition that reaches the start of a block. */
  atStart(block: BlockId): ValueId {
    const known = this.found.get(block);
    if (known !== undefined) return known;
    const before = this.before.get(block) ?? [];
    const [only] = before;
    if (only !== undefined && new Set(before).size === 1) {
      const value = this.atEnd(only);
      this.found.set(block, value);
      return value;
    }
    const value = this.fresh.value();
    this.found.set(block, value);
    this.added.set(block, { value, type: this.redefined.type });
    for (const one of before) this.atEnd(one);
    return value;
  }
  private atEnd(block: BlockId): ValueId {
    if (block === this.redefined.home) return this.redefined.value;
    return this.redefined.others.get(block) ?? this.atStart(block);
  }
  /** Adds the parameters that were found necessary, and what each edge passes for them. */
  finish(fn: IrFunction): IrFunction {
    if (this.added.size === 0) return fn;
    return {
      ...fn,
      blocks: fn.blocks.map((block) => {
        const param = this.added.get(block.id);
        const passes = edgesOf(block.end).some((edge) => this.added.has(edge.block));
        if (!param && !passes) return block;
        const end = mapEdges(block.end, (edge) =>
          this.added.has(edge.block) ? { block: edge.block, args: [...edge.args, this.atEnd(block.id)] } : edge,
        );
        return { ...block, params: param ? [...block.params, param] : block.params, end };
      }),
    };
  }
}

/** All values that a block defines, for repairing after it was duplicated. */
export function definedIn(block: Block): readonly Param[] {
  return [...block.params, ...block.insts.flatMap((inst) => resultOf(inst) ?? [])];
}

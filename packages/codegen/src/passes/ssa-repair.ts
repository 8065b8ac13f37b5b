// After a block was duplicated, a value that it defines has two definitions: this restores SSA by giving each use the definition that
// reaches it, with new block parameters where both do (Braun et al., "Simple and Efficient Construction of SSA Form").
import { argsOf, argsOfEnd, predecessors, resultOf } from "../ir/cfg.ts";
import type { Block, BlockId, IrFunction, Param, ValueId } from "../ir/function.ts";
import { type Fresh, freshIds, mapEdges, renameEnd, renameInst } from "../ir/rewrite.ts";
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
  if (redefined.length === 0) return fn;
  const repairer = new Repairer(fn);
  for (const one of redefined) repairer.repair(one);
  return { ...fn, blocks: fn.blocks.map((block) => repairer.blocks.get(block.id) ?? block) };
}

/** Blocks as they are repaired, and who uses what in them, so that each value costs what its uses cost. */
class Repairer {
  readonly blocks: Map<BlockId, Block>;
  readonly before: ReadonlyMap<BlockId, readonly BlockId[]>;
  readonly fresh: Fresh;
  readonly #users = new Map<ValueId, Set<BlockId>>();

  constructor(fn: IrFunction) {
    this.blocks = new Map(fn.blocks.map((block) => [block.id, block]));
    this.before = predecessors(fn);
    this.fresh = freshIds(fn);
    for (const block of fn.blocks) this.#note(block);
  }

  #note(block: Block): void {
    for (const inst of block.insts) for (const arg of argsOf(inst)) this.#use(arg, block.id);
    for (const arg of argsOfEnd(block.end)) this.#use(arg, block.id);
  }

  #use(value: ValueId, block: BlockId): void {
    const known = this.#users.get(value);
    if (known) known.add(block);
    else this.#users.set(value, new Set([block]));
  }

  repair(redefined: Redefined): void {
    const { value, home, others } = redefined;
    const users = [...(this.#users.get(value) ?? [])].filter((id) => id !== home);
    if (users.length === 0) return;
    const finder = new Finder(this, redefined);
    for (const id of users) {
      const block = this.blocks.get(id);
      if (block && !others.has(id)) this.#set(renameIn(block, value, finder.atStart(id)));
    }
    for (const [id, args] of finder.added()) {
      const block = this.blocks.get(id);
      if (block) this.#set({ ...block, params: [...block.params, args.param] });
      for (const [from, passed] of args.from) {
        const source = this.blocks.get(from);
        if (source) this.#set({ ...source, end: passedTo(source.end, id, passed) });
      }
    }
  }

  #set(block: Block): void {
    this.blocks.set(block.id, block);
    this.#note(block);
  }
}

function passedTo(end: Block["end"], to: BlockId, value: ValueId): Block["end"] {
  return mapEdges(end, (edge) => (edge.block === to ? { block: to, args: [...edge.args, value] } : edge));
}

function renameIn(block: Block, value: ValueId, reaching: ValueId): Block {
  const rename = (id: ValueId): ValueId => (id === value ? reaching : id);
  return { ...block, insts: block.insts.map((inst) => renameInst(inst, rename)), end: renameEnd(block.end, rename) };
}

/** A parameter that was found necessary, and what each block before passes for it. */
interface Added {
  readonly param: Param;
  readonly from: ReadonlyMap<BlockId, ValueId>;
}

class Finder {
  readonly #repairer: Repairer;
  readonly #redefined: Redefined;
  readonly #found = new Map<BlockId, ValueId>();
  readonly #params = new Map<BlockId, Param>();

  constructor(repairer: Repairer, redefined: Redefined) {
    this.#repairer = repairer;
    this.#redefined = redefined;
  }

  /** The definition that reaches the start of a block. */
  atStart(block: BlockId): ValueId {
    const passed: BlockId[] = [];
    let at = block;
    let value: ValueId | undefined;
    while (value === undefined) {
      value = this.#found.get(at);
      if (value !== undefined) break;
      passed.push(at);
      const before = this.#repairer.before.get(at) ?? [];
      const [only] = before;
      if (only !== undefined && before.every((one) => one === only)) {
        value = this.#definedIn(only);
        at = only;
      } else {
        value = this.#repairer.fresh.value();
        this.#params.set(at, { value, type: this.#redefined.type });
      }
    }
    for (const one of passed) this.#found.set(one, value);
    return value;
  }

  #definedIn(block: BlockId): ValueId | undefined {
    return block === this.#redefined.home ? this.#redefined.value : this.#redefined.others.get(block);
  }

  /** The parameters to add; asking what is passed for one may find more. */
  added(): ReadonlyMap<BlockId, Added> {
    const added = new Map<BlockId, Added>();
    // The map grows while it is walked.
    for (const [block, param] of this.#params) {
      const before = new Set(this.#repairer.before.get(block) ?? []);
      added.set(block, {
        param,
        from: new Map([...before].map((id) => [id, this.#definedIn(id) ?? this.atStart(id)])),
      });
    }
    return added;
  }
}

/** All values that a block defines, for repairing after it was duplicated. */
export function definedIn(block: Block): readonly Param[] {
  return [...block.params, ...block.insts.flatMap((inst) => resultOf(inst) ?? [])];
}

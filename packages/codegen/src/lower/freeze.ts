// The last step of SSA construction: drafts of blocks become the plain data of ir/function.ts. Drops what nothing
// reaches, passes the arguments along edges, and gives each null pointer the type that its use demands.
import type { Span } from "@typebpf/abi";
import type {
  Block,
  BlockId,
  CallbackLoop,
  Edge,
  Inst,
  IrFunction,
  Param,
  Slot,
  Terminator,
  ValueId,
} from "../ir/function.ts";
import type { CompareOp } from "../ir/ops.ts";
import type { IrType } from "../ir/types.ts";

/** A block parameter; one operand for each predecessor, in the predecessors' order. */
export interface ParamDraft {
  readonly value: ValueId;
  /** The variable it stands for; absent for the context. */
  readonly key: number | undefined;
  /** Of a parameter of the function. */
  readonly name?: string;
  operands: ValueId[];
}

/** The condition, where its outcomes lead, and what the loop that it tests may become. */
export type BranchArguments = readonly [
  compare: CompareOp,
  left: ValueId,
  right: ValueId,
  then: BlockId,
  otherwise: BlockId,
  at: Span,
  callback?: CallbackLoop,
];

/** A terminator before its edges have arguments. */
export type EndDraft =
  | { readonly op: "jump"; readonly to: BlockId; readonly at: Span }
  | {
      readonly op: "branch";
      readonly compare: CompareOp;
      readonly args: readonly [ValueId, ValueId];
      readonly then: BlockId;
      readonly else: BlockId;
      readonly callback?: CallbackLoop;
      readonly at: Span;
    }
  | { readonly op: "return"; readonly args: readonly [ValueId]; readonly at: Span };

export interface BlockDraft {
  readonly id: BlockId;
  readonly params: ParamDraft[];
  readonly insts: Inst[];
  end: EndDraft | undefined;
  readonly predecessors: { readonly block: BlockDraft; readonly edge: number }[];
  sealed: boolean;
  readonly variables: Map<number, ValueId>;
}

/** A block without instructions and predecessors. */
export function emptyDraft(id: BlockId): BlockDraft {
  return { id, params: [], insts: [], end: undefined, predecessors: [], sealed: false, variables: new Map() };
}

/** All that a function is made of. */
export interface Drafts {
  readonly name: string;
  readonly failure: number;
  readonly order: readonly BlockDraft[];
  readonly slots: readonly Slot[];
  readonly resolve: (value: ValueId) => ValueId;
  readonly types: ReadonlyMap<ValueId, IrType>;
  readonly fresh: () => ValueId;
  /** Hears of each value that joins pointers into two spaces. */
  readonly conflict: (types: readonly IrType[], at: Span) => void;
  /** What a returned null is. */
  readonly returns: IrType;
}

/** A null pointer that nothing gives a space is never followed; any space will do. */
const anySpace: IrType = "ptr.mapValue";

function targetsOf(end: EndDraft | undefined): readonly BlockId[] {
  if (!end || end.op === "return") return [];
  return end.op === "jump" ? [end.to] : [end.then, end.else];
}

function reached(order: readonly BlockDraft[]): ReadonlySet<BlockId> {
  const seen = new Set<BlockId>();
  const open: BlockId[] = [0];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...targetsOf(order[id]?.end));
  }
  return seen;
}

class Freezer {
  readonly #drafts: Drafts;
  readonly #live: ReadonlySet<BlockId>;
  readonly #params = new Map<BlockId, readonly ParamDraft[]>();

  constructor(drafts: Drafts) {
    this.#drafts = drafts;
    this.#live = reached(drafts.order);
    for (const block of drafts.order) {
      const kept = block.params.filter((param) => drafts.resolve(param.value) === param.value);
      this.#params.set(block.id, kept);
    }
  }

  #typeOf(value: ValueId): IrType | undefined {
    return this.#drafts.types.get(value);
  }

  /** A value as a use of the given type sees it; null becomes a constant at the end of the block. */
  #use(value: ValueId, type: IrType, insts: Inst[], at: Span): ValueId {
    const resolved = this.#drafts.resolve(value);
    if (resolved >= 0) return resolved;
    const result = this.#drafts.fresh();
    insts.push({ op: "const", value: 0n, result, type, at });
    return result;
  }

  #edge(from: BlockDraft, index: number, to: BlockId, insts: Inst[], at: Span): Edge {
    const target = this.#drafts.order[to];
    const position = target?.predecessors.findIndex((one) => one.block === from && one.edge === index) ?? -1;
    const args = (this.#params.get(to) ?? []).map((param) => {
      const operand = param.operands[position];
      if (operand === undefined) throw new Error(`lower: block ${to} misses an operand from block ${from.id}`);
      return this.#use(operand, this.#typeOf(param.value) ?? anySpace, insts, at);
    });
    return { block: to, args };
  }

  #end(block: BlockDraft, insts: Inst[]): Terminator {
    const end = block.end;
    if (!end) throw new Error(`lower: block ${block.id} of ${this.#drafts.name} has no end`);
    switch (end.op) {
      case "jump":
        return { op: "jump", to: this.#edge(block, 0, end.to, insts, end.at), at: end.at };
      case "return":
        return { op: "return", args: [this.#use(end.args[0], this.#drafts.returns, insts, end.at)], at: end.at };
      case "branch": {
        const [left, right] = [this.#drafts.resolve(end.args[0]), this.#drafts.resolve(end.args[1])];
        const type = this.#typeOf(left) ?? this.#typeOf(right) ?? anySpace;
        return {
          op: "branch",
          compare: end.compare,
          args: [this.#use(left, type, insts, end.at), this.#use(right, type, insts, end.at)],
          then: this.#edge(block, 0, end.then, insts, end.at),
          else: this.#edge(block, 1, end.else, insts, end.at),
          ...(end.callback && { callback: end.callback }),
          at: end.at,
        };
      }
    }
  }

  #inst(inst: Inst, insts: Inst[]): Inst {
    if (!("args" in inst)) return inst;
    const args = inst.args.map((arg) => this.#use(arg, anySpace, insts, inst.at));
    return { ...inst, args } as Inst;
  }

  #report(block: BlockDraft, param: ParamDraft): void {
    const types = new Set<IrType>();
    for (const operand of param.operands) {
      const type = this.#typeOf(this.#drafts.resolve(operand));
      if (type) types.add(type);
    }
    const at = block.predecessors[0]?.block.end?.at;
    if (types.size > 1 && at) this.#drafts.conflict([...types], at);
  }

  #block(draft: BlockDraft): Block {
    const params = (this.#params.get(draft.id) ?? []).map((param): Param => {
      this.#report(draft, param);
      const name = param.name === undefined ? {} : { name: param.name };
      return { value: param.value, type: this.#typeOf(param.value) ?? anySpace, ...name };
    });
    const insts: Inst[] = [];
    for (const inst of draft.insts) insts.push(this.#inst(inst, insts));
    const end = this.#end(draft, insts);
    return { id: draft.id, params, insts, end };
  }

  run(): IrFunction {
    const blocks = this.#drafts.order.filter((block) => this.#live.has(block.id)).map((block) => this.#block(block));
    return { name: this.#drafts.name, failure: this.#drafts.failure, slots: this.#drafts.slots, blocks };
  }
}

/** Makes the function; drafts must be sealed and their trivial parameters replaced. */
export function freeze(drafts: Drafts): IrFunction {
  return new Freezer(drafts).run();
}

// Builds an IR function while lowering walks the tree: variables are written and read by key, block parameters appear
// where control flow joins. Ensures: every value is defined once and dominates its uses, no parameter is trivial, no
// block is unreachable. Method: Braun et al., "Simple and Efficient Construction of Static Single Assignment Form" (2013).
import type { Span } from "@typebpf/abi";
import type { BlockId, Inst, IrFunction, Slot, SlotId, ValueId } from "../ir/function.ts";
import type { IrType } from "../ir/types.ts";
import { type BlockDraft, type BranchArguments, type Drafts, emptyDraft, freeze, type ParamDraft } from "./freeze.ts";

/** Names a variable that may be assigned many times. */
export type VariableKey = number;

/** An instruction before its result has a name. */
export type Unnamed<I = Inst> = I extends { readonly result?: ValueId; readonly type?: IrType }
  ? Omit<I, "result" | "type"> & { readonly type: IrType }
  : never;

/** What `undefined` refs are until their use tells which space they belong to. */
export const nullValue: ValueId = -1;

export class SsaBuilder {
  /** By id. */
  readonly #order: BlockDraft[] = [];
  /** Takes what can never run. */
  readonly #dead: BlockDraft = { ...emptyDraft(-1), sealed: true };
  readonly #types = new Map<ValueId, IrType>();
  readonly #definitions = new Map<ValueId, Inst>();
  readonly #replaced = new Map<ValueId, ValueId>();
  readonly #slots: Slot[] = [];
  #nextValue = 0;
  /** For each variable whether it holds a pointer. */
  readonly #variables: boolean[] = [];
  #instructions = 0;
  #current: BlockDraft;
  readonly at: Span;

  /** Starts in a sealed entry block whose only parameter is the context; `at` is the function's span. */
  constructor(at: Span) {
    this.at = at;
    this.#current = this.#draft();
    this.#current.sealed = true;
    this.parameter("ptr.context");
  }

  /** The context pointer. */
  get context(): ValueId {
    return 0;
  }

  /** A further parameter of the function, behind the context. */
  parameter(type: IrType, name = "ctx"): ValueId {
    const value = this.#fresh(type);
    this.#find(0).params.push({ value, key: undefined, operands: [], name });
    return value;
  }

  /** Instructions made so far. */
  get size(): number {
    return this.#instructions;
  }

  // ── Blocks ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #draft(): BlockDraft {
    const block = emptyDraft(this.#order.length);
    this.#order.push(block);
    return block;
  }

  /** A new block; further predecessors may come until it is sealed. */
  block(): BlockId {
    return this.#draft().id;
  }

  #find(id: BlockId): BlockDraft {
    const block = this.#order[id];
    if (!block) throw new Error(`lower: no block ${id}`);
    return block;
  }

  /** From now on instructions go to the end of this block. */
  enter(id: BlockId): void {
    this.#current = this.#find(id);
  }

  /** Says that all predecessors of the block are known. */
  seal(id: BlockId): void {
    const block = this.#find(id);
    if (block.sealed) return;
    block.sealed = true;
    const open = block.params.filter((param) => param.key !== undefined);
    this.#complete(open.map((param) => ({ block, param })));
  }

  /** Seals the block and goes on in it; where only one jump leads to it, in the block that jumps. */
  enterSealed(id: BlockId): void {
    this.seal(id);
    const [only, ...others] = this.#find(id).predecessors;
    if (only && others.length === 0 && only.block.end?.op === "jump") {
      only.block.end = undefined;
      this.#current = only.block;
    } else this.enter(id);
  }

  /** True when some jump goes to the block. */
  isReached(id: BlockId): boolean {
    return this.#find(id).predecessors.length > 0;
  }

  #leave(end: NonNullable<BlockDraft["end"]>, targets: readonly BlockId[]): void {
    if (!this.reachable) return;
    if (this.#current.end) throw new Error(`lower: block ${this.#current.id} is left twice`);
    this.#current.end = end;
    targets.forEach((target, edge) => {
      const to = this.#find(target);
      if (to.sealed) throw new Error(`lower: jump to the sealed block ${target}`);
      to.predecessors.push({ block: this.#current, edge });
    });
  }

  /** Leaves the block; code that follows goes to a block that nothing reaches. */
  #abandon(): void {
    this.#current = this.#dead;
  }

  jump(to: BlockId, at: Span): void {
    this.#leave({ op: "jump", to, at }, [to]);
    this.#abandon();
  }

  branch(...[compare, left, right, then, otherwise, at, callback]: BranchArguments): void {
    const end = { op: "branch", compare, args: [left, right], then, else: otherwise, at } as const;
    this.#leave({ ...end, ...(callback && { callback }) }, [then, otherwise]);
    this.#abandon();
  }

  return(value: ValueId, at: Span): void {
    this.#leave({ op: "return", args: [value], at }, []);
    this.#abandon();
  }

  /** True while the current block can be reached. */
  get reachable(): boolean {
    return this.#current.id === 0 || this.#current.predecessors.length > 0 || !this.#current.sealed;
  }

  // ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #fresh(type: IrType): ValueId {
    const value = this.#nextValue++;
    this.#types.set(value, type);
    return value;
  }

  /** Adds an instruction with a result; `first` where the function begins, so that all of it may use the result. */
  define(inst: Unnamed, first = false): ValueId {
    const result = this.#fresh(inst.type);
    const whole = { ...inst, result } as Inst;
    this.#definitions.set(result, whole);
    if (first) this.#find(0).insts.unshift(whole);
    else this.effect(whole);
    return result;
  }

  /** Adds an instruction as it is: one without a result, or one that `define` has named. */
  effect(inst: Inst): void {
    this.#instructions++;
    this.#current.insts.push(inst);
  }

  /** The value that stands for this one, where a parameter turned out to be trivial. */
  resolve(value: ValueId): ValueId {
    let at = value;
    for (let next = this.#replaced.get(at); next !== undefined; next = this.#replaced.get(at)) at = next;
    return at;
  }

  /** The type of a value; undefined while it is only known to be null. */
  typeOf(value: ValueId): IrType | undefined {
    return this.#types.get(this.resolve(value));
  }

  /** The instruction that defines a value; undefined for parameters. */
  definition(value: ValueId): Inst | undefined {
    return this.#definitions.get(this.resolve(value));
  }

  /** A new stack slot. */
  slot(slot: Omit<Slot, "id">): SlotId {
    const id = this.#slots.length;
    this.#slots.push({ ...slot, id });
    return id;
  }

  // ── Variables ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A new variable, which holds an integer or a pointer. */
  variable(pointer: boolean): VariableKey {
    return this.#variables.push(pointer) - 1;
  }

  write(key: VariableKey, value: ValueId): void {
    this.#current.variables.set(key, value);
  }

  /** The value of a variable here; one that was never written is zero. */
  read(key: VariableKey): ValueId {
    const open: { readonly block: BlockDraft; readonly param: ParamDraft }[] = [];
    const value = this.#readIn(this.#current, key, open);
    this.#complete(open);
    return this.resolve(value);
  }

  /** Walks up to a definition or a join; a join gets a parameter, which is left in `open` to be completed. */
  #readIn(start: BlockDraft, key: VariableKey, open: { block: BlockDraft; param: ParamDraft }[]): ValueId {
    const passed: BlockDraft[] = [];
    let block = start;
    let value = block.variables.get(key);
    while (value === undefined) {
      passed.push(block);
      const [only, ...others] = block.predecessors;
      if (block.sealed && only && others.length === 0) {
        block = only.block;
        value = block.variables.get(key);
      } else if (block.sealed && !only) {
        value = this.#unwritten(block, key);
      } else {
        const param: ParamDraft = { value: this.#nextValue++, key, operands: [] };
        if (!this.#variables[key]) this.#types.set(param.value, "i64");
        block.params.push(param);
        value = param.value;
        open.push({ block, param });
      }
    }
    for (const one of passed) one.variables.set(key, value);
    return value;
  }

  /** TypeScript proves that no program reads it, but a join may pass it on. */
  #unwritten(block: BlockDraft, key: VariableKey): ValueId {
    if (this.#variables[key]) return nullValue;
    const result = this.#fresh("i64");
    block.insts.unshift({ op: "const", value: 0n, result, type: "i64", at: this.at });
    return result;
  }

  #complete(first: readonly { readonly block: BlockDraft; readonly param: ParamDraft }[]): void {
    const open = [...first];
    for (let next = 0; next < open.length; next++) {
      const { block, param } = open[next] ?? { block: this.#current, param: undefined };
      if (!param || param.key === undefined) continue;
      param.operands = [];
      for (const predecessor of block.predecessors) {
        param.operands.push(this.#readIn(predecessor.block, param.key, open));
      }
    }
    for (let again = true; again; ) {
      again = false;
      for (const { block, param } of open.reverse()) again = this.#settle(block, param) || again;
    }
  }

  /** Finds a parameter's type, and replaces it where all its operands are one value. True when something was learnt. */
  #settle(block: BlockDraft, param: ParamDraft): boolean {
    if (this.#replaced.has(param.value)) return false;
    let learnt = false;
    let only: ValueId | undefined;
    let trivial = block.sealed;
    for (const operand of param.operands) {
      const value = this.resolve(operand);
      const type = this.#types.get(value);
      if (type && !this.#types.has(param.value)) {
        this.#types.set(param.value, type);
        learnt = true;
      }
      if (value === param.value || value === only) continue;
      if (only !== undefined) trivial = false;
      only = value;
    }
    if (!trivial || only === undefined) return learnt;
    this.#replaced.set(param.value, only);
    return true;
  }

  /** The finished function. */
  finish(given: Pick<Drafts, "name" | "failure" | "conflict" | "returns">): IrFunction {
    const drafts = this.#order.flatMap((block) => block.params.map((param) => ({ block, param })));
    for (let again = true; again; ) {
      again = false;
      for (const { block, param } of drafts) if (param.key !== undefined) again = this.#settle(block, param) || again;
    }
    return freeze({
      ...given,
      order: this.#order,
      slots: this.#slots,
      resolve: (value) => this.resolve(value),
      types: this.#types,
      fresh: () => this.#nextValue++,
    });
  }
}

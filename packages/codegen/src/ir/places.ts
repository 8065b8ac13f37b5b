// Where pointers of a function point: the value they are derived from by constants, the bytes between, and the memory.
// Memories that have different names never share a byte.
import { edgesOf, resultOf } from "./cfg.ts";
import { type DominatorTree, dominators } from "./dominators.ts";
import type { BlockId, Inst, IrFunction, Param, SlotId, ValueId } from "./function.ts";
import { type IrType, isPointer } from "./types.ts";

/** A place relative to a root; equal roots are equal pointers. */
export interface Place {
  /** "v7" for a value, "s2" for the address of a slot, "section .data" for global data. */
  readonly root: string;
  readonly offset: number;
  readonly memory: Memory;
}

/** Kinds of memory; `slot` is known where the pointer certainly points into one slot. */
export type Memory =
  | { readonly kind: "context" | "packet" | "mapValue" | "record" | "other" }
  | { readonly kind: "stack"; readonly slot: SlotId | undefined };

/** Follows pointers to their roots. */
export class Places {
  readonly #definitions = new Map<ValueId, Inst>();
  readonly #types = new Map<ValueId, IrType>();
  /** Pointer parameters that are one other pointer wherever they are not null. */
  readonly #same = new Map<ValueId, ValueId>();

  constructor(fn: IrFunction, tree: DominatorTree = dominators(fn)) {
    const blockOf = new Map<ValueId, BlockId>();
    for (const block of fn.blocks) {
      for (const param of block.params) {
        this.#types.set(param.value, param.type);
        blockOf.set(param.value, block.id);
      }
      for (const inst of block.insts) {
        const result = resultOf(inst);
        if (!result) continue;
        this.#types.set(result.value, result.type);
        this.#definitions.set(result.value, inst);
        blockOf.set(result.value, block.id);
      }
    }
    const passed = argumentsOf(fn);
    for (const block of fn.blocks) {
      for (const param of block.params) {
        const only = isPointer(param.type) ? this.#only(param, passed.get(param.value) ?? []) : undefined;
        const above = only === undefined ? undefined : blockOf.get(only);
        // What dominates the parameter was not made anew since, so it is the same pointer still.
        if (only !== undefined && above !== undefined && tree.dominates(above, block.id))
          this.#same.set(param.value, only);
      }
    }
  }

  #only(param: Param, args: readonly ValueId[]): ValueId | undefined {
    const others = new Set(args.filter((arg) => arg !== param.value && this.#definitions.get(arg)?.op !== "const"));
    const [first] = others;
    return others.size === 1 ? first : undefined;
  }

  typeOf(value: ValueId): IrType | undefined {
    return this.#types.get(value);
  }

  definition(value: ValueId): Inst | undefined {
    return this.#definitions.get(value);
  }

  /** Where a pointer points, `rename` giving the value that stands for another. */
  of(pointer: ValueId, rename: (value: ValueId) => ValueId = (value) => value): Place {
    let at = this.#behind(rename(pointer), rename);
    let offset = 0n;
    for (let inst = this.#definitions.get(at); inst?.op === "ptradd"; inst = this.#definitions.get(at)) {
      const bytes = this.#definitions.get(rename(inst.args[1]));
      if (bytes?.op !== "const") break;
      offset += BigInt.asIntN(64, bytes.value);
      at = this.#behind(rename(inst.args[0]), rename);
    }
    const root = this.#definitions.get(at);
    if (root?.op === "address") offset += BigInt(root.offset);
    const name = nameOfRoot(root, at);
    return { root: name, offset: Number(offset), memory: this.#memory(at, rename) };
  }

  #memory(root: ValueId, rename: (value: ValueId) => ValueId): Memory {
    const type = this.#types.get(root);
    if (type === "ptr.stack") return { kind: "stack", slot: this.slotOf(root, rename) };
    if (type === "ptr.packet") return { kind: "packet" };
    if (type === "ptr.mapValue") return { kind: "mapValue" };
    if (type === "ptr.record") return { kind: "record" };
    return { kind: type === "ptr.context" ? "context" : "other" };
  }

  /** The slot that a pointer is derived from, whatever was added. */
  slotOf(pointer: ValueId, rename: (value: ValueId) => ValueId = (value) => value): SlotId | undefined {
    let inst = this.#definitions.get(this.#behind(rename(pointer), rename));
    while (inst?.op === "ptradd") inst = this.#definitions.get(this.#behind(rename(inst.args[0]), rename));
    return inst?.op === "slot" ? inst.slot : undefined;
  }

  #behind(pointer: ValueId, rename: (value: ValueId) => ValueId): ValueId {
    let at = pointer;
    for (let next = this.#same.get(at); next !== undefined; next = this.#same.get(at)) at = rename(next);
    return at;
  }
}

function nameOfRoot(root: Inst | undefined, value: ValueId): string {
  if (root?.op === "address") return `${root.of} ${root.name}`;
  return root?.op === "slot" ? `s${root.slot}` : `v${value}`;
}

/** What is passed to each block parameter. */
function argumentsOf(fn: IrFunction): ReadonlyMap<ValueId, readonly ValueId[]> {
  const passed = new Map<ValueId, ValueId[]>();
  const params = new Map(fn.blocks.map((block) => [block.id, block.params]));
  for (const block of fn.blocks) {
    for (const edge of edgesOf(block.end)) {
      params.get(edge.block)?.forEach((param, index) => {
        const arg = edge.args[index];
        if (arg === undefined) return;
        const known = passed.get(param.value);
        if (known) known.push(arg);
        else passed.set(param.value, [arg]);
      });
    }
  }
  return passed;
}

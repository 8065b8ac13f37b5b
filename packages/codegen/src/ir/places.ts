// Where pointers of a function point: the value they are derived from by constants, the bytes between, and the memory.
// Memories that have different names never share a byte.
import { resultOf } from "./cfg.ts";
import type { Inst, IrFunction, SlotId, ValueId } from "./function.ts";
import type { IrType } from "./types.ts";

/** A place relative to a root; equal roots are equal pointers. */
export interface Place {
  /** "v7" for a value, "s2" for the address of a slot. */
  readonly root: string;
  readonly offset: number;
  readonly memory: Memory;
}

/** Kinds of memory; `slot` is known where the pointer certainly points into one slot. */
export type Memory =
  | { readonly kind: "context" | "packet" | "mapValue" | "other" }
  | { readonly kind: "stack"; readonly slot: SlotId | undefined };

/** Follows pointers to their roots. */
export class Places {
  readonly #definitions = new Map<ValueId, Inst>();
  readonly #types = new Map<ValueId, IrType>();

  constructor(fn: IrFunction) {
    for (const block of fn.blocks) {
      for (const param of block.params) this.#types.set(param.value, param.type);
      for (const inst of block.insts) {
        const result = resultOf(inst);
        if (!result) continue;
        this.#types.set(result.value, result.type);
        this.#definitions.set(result.value, inst);
      }
    }
  }

  typeOf(value: ValueId): IrType | undefined {
    return this.#types.get(value);
  }

  definition(value: ValueId): Inst | undefined {
    return this.#definitions.get(value);
  }

  /** Where a pointer points, `rename` giving the value that stands for another. */
  of(pointer: ValueId, rename: (value: ValueId) => ValueId = (value) => value): Place {
    let at = rename(pointer);
    let offset = 0n;
    for (let inst = this.#definitions.get(at); inst?.op === "ptradd"; inst = this.#definitions.get(at)) {
      const bytes = this.#definitions.get(rename(inst.args[1]));
      if (bytes?.op !== "const") break;
      offset += BigInt.asIntN(64, bytes.value);
      at = rename(inst.args[0]);
    }
    const root = this.#definitions.get(at);
    const name = root?.op === "slot" ? `s${root.slot}` : `v${at}`;
    return { root: name, offset: Number(offset), memory: this.#memory(at, rename) };
  }

  #memory(root: ValueId, rename: (value: ValueId) => ValueId): Memory {
    const type = this.#types.get(root);
    if (type === "ptr.stack") return { kind: "stack", slot: this.slotOf(root, rename) };
    if (type === "ptr.packet") return { kind: "packet" };
    if (type === "ptr.mapValue") return { kind: "mapValue" };
    return { kind: type === "ptr.context" ? "context" : "other" };
  }

  /** The slot that a pointer is derived from, whatever was added. */
  slotOf(pointer: ValueId, rename: (value: ValueId) => ValueId = (value) => value): SlotId | undefined {
    let inst = this.#definitions.get(rename(pointer));
    while (inst?.op === "ptradd") inst = this.#definitions.get(rename(inst.args[0]));
    return inst?.op === "slot" ? inst.slot : undefined;
  }
}

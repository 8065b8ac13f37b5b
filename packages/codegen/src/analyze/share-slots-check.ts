// Checks that slots which share memory never meet, by other means than those that placed them: runs forwards over the
// function and keeps, for each 8 bytes of a host, whose they may be. Making a slot gives it its bytes; an access through
// a pointer must find only its own slots there. Takes the function before it is rewritten.
import { argsOf, edgesOf, resultOf, reversePostorder } from "../ir/cfg.ts";
import type { Block, BlockId, Inst, IrFunction, SlotId, ValueId } from "../ir/function.ts";
import type { SharedPlace } from "./share-slots.ts";

/** Slots, as a set. */
type Slots = ReadonlySet<SlotId>;

/** Whose each granule of a host may be; where nobody's is known, nothing was made there yet. */
type Owners = Map<string, Slots>;

const none: Slots = new Set();

/** What is wrong with the places; undefined when nothing is. */
export function checkSharing(fn: IrFunction, places: ReadonlyMap<SlotId, SharedPlace>): string | undefined {
  return new SharingCheck(fn, places).run();
}

class SharingCheck {
  readonly #name: string;
  readonly #blocks: readonly Block[];
  /** The granules of each slot, by names that hosts share. */
  readonly #granules = new Map<SlotId, readonly string[]>();
  /** Slots that each value may point into. */
  readonly #pointers = new Map<ValueId, Slots>();
  readonly #before = new Map<BlockId, Owners>();

  constructor(fn: IrFunction, places: ReadonlyMap<SlotId, SharedPlace>) {
    this.#name = fn.name;
    this.#blocks = reversePostorder(fn);
    for (const slot of fn.slots) {
      const place = places.get(slot.id);
      if (!place) continue;
      const first = place.offset / 8;
      const granules = Array.from({ length: Math.ceil(slot.size / 8) }, (_, index) => `${place.host}:${first + index}`);
      this.#granules.set(slot.id, granules);
    }
  }

  run(): string | undefined {
    while (this.#spreadPointers());
    while (this.#spreadOwners());
    for (const block of this.#blocks) {
      const owners = new Map(this.#before.get(block.id));
      for (const inst of block.insts) {
        const slot = inst.op === "ptradd" ? undefined : this.#misused(inst, owners);
        if (slot !== undefined) return `slot ${slot} of ${this.#name} is used when its bytes are another's`;
        this.#make(inst, owners);
      }
    }
    return undefined;
  }

  /** One round over all values; true where a pointer may now point to more. */
  #spreadPointers(): boolean {
    let changed = false;
    const add = (value: ValueId, slots: Slots): void => {
      const known = this.#pointers.get(value) ?? none;
      if (slots.size === 0 || [...slots].every((slot) => known.has(slot))) return;
      this.#pointers.set(value, new Set([...known, ...slots]));
      changed = true;
    };
    const blocks = new Map(this.#blocks.map((block) => [block.id, block]));
    for (const block of this.#blocks) {
      for (const inst of block.insts) {
        const result = resultOf(inst);
        if (inst.op === "slot") add(inst.result, new Set([inst.slot]));
        else if (result?.type === "ptr.stack") for (const arg of argsOf(inst)) add(result.value, this.#reach(arg));
      }
      for (const edge of edgesOf(block.end)) {
        for (const [index, param] of (blocks.get(edge.block)?.params ?? []).entries()) {
          const arg = edge.args[index];
          if (arg !== undefined) add(param.value, this.#reach(arg));
        }
      }
    }
    return changed;
  }

  #reach(value: ValueId): Slots {
    return this.#pointers.get(value) ?? none;
  }

  /** One round over all blocks; true where a granule may now have more owners at the start of one. */
  #spreadOwners(): boolean {
    let changed = false;
    for (const block of this.#blocks) {
      const owners = new Map(this.#before.get(block.id));
      for (const inst of block.insts) this.#make(inst, owners);
      for (const edge of edgesOf(block.end)) {
        const into = this.#before.get(edge.block) ?? new Map<string, Slots>();
        this.#before.set(edge.block, into);
        for (const [granule, slots] of owners) {
          const known = into.get(granule) ?? none;
          if ([...slots].every((slot) => known.has(slot))) continue;
          into.set(granule, new Set([...known, ...slots]));
          changed = true;
        }
      }
    }
    return changed;
  }

  /** Until a slot that is made again is written, it may still be read as what it was: the owner is the same. */
  #make(inst: Inst, owners: Owners): void {
    if (inst.op !== "slot") return;
    const own = new Set([inst.slot]);
    for (const granule of this.#granules.get(inst.slot) ?? []) owners.set(granule, own);
  }

  /** A slot that the instruction reaches while some of its bytes may be another's. */
  #misused(inst: Inst, owners: Owners): SlotId | undefined {
    const reached = argsOf(inst).flatMap((arg) => [...this.#reach(arg)]);
    return reached.find((slot) =>
      (this.#granules.get(slot) ?? []).some((granule) =>
        [...(owners.get(granule) ?? none)].some((one) => one !== slot),
      ),
    );
  }
}

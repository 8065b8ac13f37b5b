// Checks that slots which share memory never meet, by other means than those that placed them: runs forwards over the
// function and keeps, for each 8 bytes of a host, whose they may be. Making a slot gives it its bytes; an access through
// a pointer must find only its own slots there. Takes the function before it is rewritten.
import { argsOf, blockMap, edgesOf } from "../ir/cfg.ts";
import type { Block, BlockId, Inst, IrFunction, SlotId, ValueId } from "../ir/function.ts";
import type { SharedPlace } from "./share-slots.ts";

/** Slots that a pointer may point into, and possible owners of each granule, as sets of bits. */
type Bits = bigint;

interface State {
  readonly pointers: Map<ValueId, Bits>;
  readonly owners: Map<string, Bits>;
}

/** What is wrong with the places; undefined when nothing is. */
export function checkSharing(fn: IrFunction, places: ReadonlyMap<SlotId, SharedPlace>): string | undefined {
  return new SharingCheck(fn, places).run();
}

class SharingCheck {
  readonly #fn: IrFunction;
  readonly #granules = new Map<SlotId, readonly string[]>();
  readonly #states = new Map<BlockId, State>();
  #wrong: string | undefined;

  constructor(fn: IrFunction, places: ReadonlyMap<SlotId, SharedPlace>) {
    this.#fn = fn;
    for (const slot of fn.slots) {
      const place = places.get(slot.id);
      if (!place) continue;
      const count = Math.ceil(slot.size / 8);
      this.#granules.set(
        slot.id,
        Array.from({ length: count }, (_, index) => `${place.host}:${place.offset / 8 + index}`),
      );
    }
  }

  run(): string | undefined {
    const [entry] = this.#fn.blocks;
    if (!entry) return undefined;
    const blocks = blockMap(this.#fn);
    this.#states.set(entry.id, { pointers: new Map(), owners: new Map() });
    const open = [entry.id];
    for (let id = open.pop(); id !== undefined && this.#wrong === undefined; id = open.pop()) {
      const block = blocks.get(id);
      const before = this.#states.get(id);
      if (!block || !before) continue;
      const state = { pointers: new Map(before.pointers), owners: new Map(before.owners) };
      for (const inst of block.insts) this.#step(inst, state);
      for (const edge of edgesOf(block.end)) {
        const target = blocks.get(edge.block);
        if (target && this.#merge(target, edge.args, state)) open.push(target.id);
      }
    }
    return this.#wrong;
  }

  #step(inst: Inst, { pointers, owners }: State): void {
    if (inst.op === "slot") {
      const bit = 1n << BigInt(inst.slot);
      pointers.set(inst.result, bit);
      // Until it is written it may still be read as what it was in the iteration before.
      for (const granule of this.#granules.get(inst.slot) ?? []) owners.set(granule, bit);
      return;
    }
    if (inst.op === "ptradd") {
      pointers.set(inst.result, pointers.get(inst.args[0]) ?? 0n);
      return;
    }
    const reached = argsOf(inst).reduce((bits, arg) => bits | (pointers.get(arg) ?? 0n), 0n);
    if ("result" in inst && inst.result !== undefined)
      pointers.set(inst.result, inst.type === "ptr.stack" ? reached : 0n);
    for (const [slot, granules] of this.#granules) {
      const bit = 1n << BigInt(slot);
      if ((reached & bit) === 0n) continue;
      const isShared = granules.some((granule) => (owners.get(granule) ?? bit) !== bit);
      if (isShared) this.#wrong = `slot ${slot} of ${this.#fn.name} is used when its bytes are another's`;
    }
  }

  /** Adds what comes along an edge; true where the block then knows more. */
  #merge(target: Block, args: readonly ValueId[], from: State): boolean {
    const known = this.#states.get(target.id);
    const into = known ?? { pointers: new Map<ValueId, Bits>(), owners: new Map<string, Bits>() };
    let changed = known === undefined;
    const add = <K>(map: Map<K, Bits>, key: K, bits: Bits): void => {
      const old = map.get(key) ?? 0n;
      if ((old | bits) === old) return;
      map.set(key, old | bits);
      changed = true;
    };
    for (const [value, bits] of from.pointers) add(into.pointers, value, bits);
    for (const [granule, bits] of from.owners) add(into.owners, granule, bits);
    target.params.forEach((param, index) => {
      const arg = args[index];
      if (arg !== undefined) add(into.pointers, param.value, from.pointers.get(arg) ?? 0n);
    });
    this.#states.set(target.id, into);
    return changed;
  }
}

// Bytes that a pointer may reach, relative to a root: items of arrays are told by the check of their index, which analysis
// proves. Packet pointers are left out, since offsets into packets are checked in other ways.
import type { IrFunction, ValueId } from "./function.ts";
import type { Places } from "./places.ts";
import type { Rename } from "./rewrite.ts";

/** The first byte of an access lies between `min` and `max` bytes after the root. */
export interface Region {
  readonly root: string;
  readonly min: number;
  readonly max: number;
}

/** Arrays in arrays. */
const mostDepth = 4;

/** Finds regions. */
export class Regions {
  readonly #places: Places;
  readonly #rename: Rename;
  readonly #lengths = new Map<ValueId, number>();

  constructor(fn: IrFunction, places: Places, rename: Rename) {
    this.#places = places;
    this.#rename = rename;
    for (const block of fn.blocks) {
      for (const inst of block.insts) {
        if (inst.op !== "assert" || inst.check.kind !== "index") continue;
        const [index] = inst.args;
        this.#lengths.set(index, Math.max(this.#lengths.get(index) ?? 0, inst.check.length));
      }
    }
  }

  /** Where an access that begins `offset` bytes after the pointer may begin. */
  of(pointer: ValueId, offset: number, depth = mostDepth): Region {
    const place = this.#places.of(pointer, this.#rename);
    const start = place.offset + offset;
    const plain = { root: place.root, min: start, max: start };
    const added = place.root.startsWith("v") ? this.#places.definition(Number(place.root.slice(1))) : undefined;
    if (added?.op !== "ptradd" || added.type === "ptr.packet" || depth === 0) return plain;
    const reach = this.#reach(added.args[1]);
    if (reach === undefined) return plain;
    const base = this.of(added.args[0], 0, depth - 1);
    return { root: base.root, min: base.min + start, max: base.max + start + reach };
  }

  /** The greatest number of bytes that an index stands for. */
  #reach(bytes: ValueId): number | undefined {
    const own = this.#lengths.get(bytes);
    if (own !== undefined) return own - 1;
    const inst = this.#places.definition(this.#rename(bytes));
    if (inst?.op !== "shl64" && inst?.op !== "mul64") return undefined;
    const [index, by] = inst.args;
    const [length, factor] = [this.#lengths.get(index), this.#places.definition(by)];
    if (length === undefined || factor?.op !== "const" || factor.value > 0xffffn) return undefined;
    return (length - 1) * (inst.op === "shl64" ? 2 ** Number(factor.value) : Number(factor.value));
  }
}

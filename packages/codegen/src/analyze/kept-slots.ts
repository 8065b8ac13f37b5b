// Refs to stack memory that a loop makes anew in the same place. One that is kept for the next iteration sees the new bytes
// once they are written, so it must not be used after that: not read, not kept further. What is read before the first write
// is still the old memory, which makes `state = { ...state, n: state.n + 1 }` right.
import { type CalleeRow, callees, type Diagnostic, diagnostic, isFilled } from "@typebpf/abi";
import { argsOf, argsOfEnd, edgesOf } from "../ir/cfg.ts";
import type { Block, BlockId, CallInst, Inst, IrFunction, SlotId, ValueId } from "../ir/function.ts";
import type { Loop } from "../ir/loops.ts";
import type { Place, Places } from "../ir/places.ts";
import type { Ranges } from "../ir/ranges.ts";
import { analyzeDiagnostics } from "./diagnostics.ts";

/** An instruction's place; the terminator stands behind the last one. */
interface Position {
  readonly block: BlockId;
  readonly index: number;
}

interface Write extends Position {
  readonly place: Place;
  readonly size: number;
  /** Copies bytes to where they already are, if both places are the same. */
  readonly source: Place | undefined;
}

/** Diagnostics of stack memory that is made in a loop and used after it was made again. */
export function checkKeptSlots(fn: IrFunction, ranges: Ranges, places: Places): readonly Diagnostic[] {
  const found = new Map<SlotId, Diagnostic>();
  for (const loop of ranges.loops) {
    const header = fn.blocks.find((block) => block.id === loop.header);
    const made = madeIn(fn, loop);
    header?.params.forEach((param, index) => {
      if (param.type !== "ptr.stack") return;
      const back = ranges.incoming(loop.header).filter((edge) => loop.blocks.has(edge.from.id));
      for (const slot of slotsOf(
        back.flatMap((edge) => edge.args[index] ?? []),
        fn,
        places,
      )) {
        const at = fn.slots.find((one) => one.id === slot)?.at;
        if (at && made.has(slot) && new Keeper(fn, loop, places, slot).isKept(param.value)) {
          found.set(slot, diagnostic(analyzeDiagnostics.keptStackRef, { at }));
        }
      }
    });
  }
  return [...found.values()];
}

/** Slots that the loop makes. */
function madeIn(fn: IrFunction, loop: Loop): ReadonlySet<SlotId> {
  const inside = fn.blocks.filter((block) => loop.blocks.has(block.id)).flatMap((block) => block.insts);
  return new Set(inside.flatMap((inst) => (inst.op === "slot" ? [inst.slot] : [])));
}

class Keeper {
  readonly #blocks: ReadonlyMap<BlockId, Block>;
  readonly #loop: Loop;
  readonly #places: Places;
  readonly #writes: readonly Write[];
  readonly #after = new Map<BlockId, ReadonlySet<BlockId>>();

  constructor(fn: IrFunction, loop: Loop, places: Places, slot: SlotId) {
    this.#loop = loop;
    this.#places = places;
    this.#blocks = new Map(fn.blocks.filter((block) => loop.blocks.has(block.id)).map((block) => [block.id, block]));
    this.#writes = [...this.#blocks.values()].flatMap((block) =>
      block.insts.flatMap((inst, index) => {
        const isOwn = ({ memory }: Place): boolean => memory.kind === "stack" && memory.slot === slot;
        const found = writesOf(inst, places).filter((write) => isOwn(write.place));
        return found.map((write) => ({ ...write, block: block.id, index }));
      }),
    );
  }

  /** True when the old pointer, or one made from it, is used after a write to the slot in the same iteration. */
  isKept(param: ValueId): boolean {
    const seen = new Set<ValueId>([param]);
    const open: { readonly value: ValueId; readonly from: Position }[] = [
      { value: param, from: { block: this.#loop.header, index: -1 } },
    ];
    for (let next = open.pop(); next; next = open.pop()) {
      const { value, from } = next;
      const writes = this.#writes.filter((write) => this.#reaches(from, write));
      for (const block of this.#blocks.values()) {
        for (const [index, inst] of block.insts.entries()) {
          if (!argsOf(inst).includes(value)) continue;
          const use = { block: block.id, index };
          if (writes.some((write) => this.#reaches(write, use) && !this.#isHarmless(inst, write))) return true;
          if (inst.op === "ptradd" && !seen.has(inst.result)) {
            seen.add(inst.result);
            open.push({ value: inst.result, from: use });
          }
        }
        if (!argsOfEnd(block.end).includes(value)) continue;
        const use = { block: block.id, index: block.insts.length };
        if (writes.some((write) => this.#reaches(write, use))) return true;
        for (const passed of this.#passed(block, value)) {
          if (seen.has(passed.value)) continue;
          seen.add(passed.value);
          open.push({ value: passed.value, from: { block: passed.block, index: -1 } });
        }
      }
    }
    return false;
  }

  /** Parameters, but for the header's, that a value is passed to. */
  #passed(block: Block, value: ValueId): readonly { readonly value: ValueId; readonly block: BlockId }[] {
    return edgesOf(block.end).flatMap((edge) => {
      const target = this.#blocks.get(edge.block);
      if (!target || edge.block === this.#loop.header) return [];
      return target.params
        .filter((_, index) => edge.args[index] === value)
        .map((param) => ({ value: param.value, block: target.id }));
    });
  }

  /** A copy to the same bytes of the slot, which the write before it left alone or copied from there too. */
  #isHarmless(use: Inst, write: Write): boolean {
    const copy = use.op === "copy" ? writeOf(use, this.#places) : undefined;
    if (!copy?.source || copy.source.offset !== copy.place.offset) return false;
    const isBeside =
      copy.place.offset >= write.place.offset + write.size || write.place.offset >= copy.place.offset + copy.size;
    return isBeside || (write.source?.root === copy.source.root && write.source.offset === write.place.offset);
  }

  /** Whether one position can run after another in the same iteration. */
  #reaches(from: Position, to: Position): boolean {
    if (from.block === to.block && from.index < to.index) return true;
    let after = this.#after.get(from.block);
    if (!after) {
      after = this.#blocksAfter(from.block);
      this.#after.set(from.block, after);
    }
    return after.has(to.block);
  }

  #blocksAfter(start: BlockId): ReadonlySet<BlockId> {
    const found = new Set<BlockId>();
    const open = [start];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const block = this.#blocks.get(id);
      for (const edge of block ? edgesOf(block.end) : []) {
        if (edge.block === this.#loop.header || found.has(edge.block) || !this.#blocks.has(edge.block)) continue;
        found.add(edge.block);
        open.push(edge.block);
      }
    }
    return found;
  }
}

/** What an instruction writes; a function may write all that it is given. */
function writesOf(inst: Inst, places: Places): readonly Omit<Write, keyof Position>[] {
  if (inst.op === "invoke") {
    return inst.args.map((arg) => ({ place: places.of(arg), size: Number.POSITIVE_INFINITY, source: undefined }));
  }
  const write = writeOf(inst, places);
  return write ? [write] : [];
}

function writeOf(inst: Inst, places: Places): Omit<Write, keyof Position> | undefined {
  if (inst.op === "call") return filledBy(inst, places);
  if (inst.op !== "store" && inst.op !== "atomic" && inst.op !== "zero" && inst.op !== "copy") return undefined;
  const to = places.of(inst.args[0]);
  const place = { ...to, offset: to.offset + inst.offset };
  if (inst.op !== "copy") return { place, size: inst.size, source: undefined };
  const from = places.of(inst.args[1]);
  return { place, size: inst.size, source: { ...from, offset: from.offset + inst.sourceOffset } };
}

/** The memory that a helper fills, as far as it may reach. */
function filledBy(inst: CallInst, places: Places): Omit<Write, keyof Position> | undefined {
  const row: CalleeRow = callees[inst.helper];
  const filled = inst.args[row.args.findIndex(isFilled)];
  return filled === undefined
    ? undefined
    : { place: places.of(filled), size: Number.POSITIVE_INFINITY, source: undefined };
}

/** Slots that pointers may point into, through block parameters. */
function slotsOf(pointers: readonly ValueId[], fn: IrFunction, places: Places): ReadonlySet<SlotId> {
  const slots = new Set<SlotId>();
  const seen = new Set<ValueId>();
  const open = [...pointers];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    const inst = places.definition(value);
    if (inst?.op === "slot") slots.add(inst.slot);
    if (inst?.op === "ptradd") open.push(inst.args[0]);
    if (!inst) open.push(...argumentsOf(value, fn));
  }
  return slots;
}

function argumentsOf(param: ValueId, fn: IrFunction): readonly ValueId[] {
  const target = fn.blocks.find((block) => block.params.some((one) => one.value === param));
  const index = target?.params.findIndex((one) => one.value === param) ?? -1;
  if (!target) return [];
  return fn.blocks.flatMap(({ end }) =>
    edgesOf(end)
      .filter((edge) => edge.block === target.id)
      .flatMap((edge) => edge.args[index] ?? []),
  );
}

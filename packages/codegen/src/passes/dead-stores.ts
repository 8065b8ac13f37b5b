// Dead stores into reserved records: bytes that the same block writes again before anything can read them need not be
// written first. A record is read by loads and copies, and by helpers that are given a pointer into it (user space sees it
// only after its release); records never overlap. Mostly shrinks the zeros that a reservation begins with.
import type { Inst, IrFunction } from "../ir/function.ts";
import { type Place, Places } from "../ir/places.ts";

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Bytes that are written later in the block, by the root of the pointer. */
type Overwritten = Map<string, readonly Range[]>;

/** What a call is given that may read a record: a pointer into it, memory that may hold one, a callback. */
const readers: ReadonlySet<string> = new Set(["ptr.record", "ptr.stack", "ptr.function"]);

/** The function without such stores. */
export function removeDeadStores(fn: IrFunction): IrFunction {
  if (!fn.blocks.some(({ insts }) => insts.some((inst) => inst.op === "call" && inst.type === "ptr.record"))) return fn;
  const places = new Places(fn);
  const blocks = fn.blocks.map((block) => ({ ...block, insts: removeFrom(block.insts, places) }));
  return { ...fn, blocks };
}

function removeFrom(insts: readonly Inst[], places: Places): readonly Inst[] {
  const kept: Inst[] = [];
  const later: Overwritten = new Map();
  for (const inst of insts.toReversed()) kept.push(...visit(inst, later, places).toReversed());
  return kept.toReversed();
}

/** What is left of an instruction, seen from the end of its block. */
function visit(inst: Inst, later: Overwritten, places: Places): readonly Inst[] {
  switch (inst.op) {
    case "store": {
      const place = recordPlace(places, inst.args[0], inst.offset);
      if (!place) return [inst];
      if (missing(later, place, inst.size).length === 0) return [];
      overwrite(later, place, inst.size);
      return [inst];
    }
    case "zero": {
      const place = recordPlace(places, inst.args[0], inst.offset);
      if (!place) return [inst];
      const gaps = missing(later, place, inst.size);
      overwrite(later, place, inst.size);
      const end = place.offset + inst.size;
      return chunks(gaps, end).map(({ start, end: stop }) => {
        return { ...inst, size: stop - start, offset: inst.offset + start - place.offset };
      });
    }
    case "load":
    case "copy":
    case "atomic":
    case "call":
    case "invoke":
      // A read of any record: which one it is does not matter.
      if (inst.args.some((arg) => readers.has(places.typeOf(arg) ?? "i64"))) later.clear();
      return [inst];
    default:
      return [inst];
  }
}

function recordPlace(places: Places, pointer: number, offset: number): Place | undefined {
  const place = places.of(pointer);
  return place.memory.kind === "record" ? { ...place, offset: place.offset + offset } : undefined;
}

/** The bytes of a place that are not written later. */
function missing(later: Overwritten, { root, offset }: Place, size: number): readonly Range[] {
  let open: readonly Range[] = [{ start: offset, end: offset + size }];
  for (const { start, end } of later.get(root) ?? []) {
    open = open.flatMap((range) =>
      [
        { start: range.start, end: Math.min(range.end, start) },
        { start: Math.max(range.start, end), end: range.end },
      ].filter((one) => one.start < one.end),
    );
  }
  return open;
}

function overwrite(later: Overwritten, { root, offset }: Place, size: number): void {
  later.set(root, [...(later.get(root) ?? []), { start: offset, end: offset + size }]);
}

const sizes = [1, 2, 4, 8] as const;

/** Few stores that zero all the gaps: the bytes between are written later, those from `limit` on are not ours. */
function chunks(gaps: readonly Range[], limit: number): readonly Range[] {
  const found: Range[] = [];
  const bytes = gaps.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, index) => start + index));
  for (let next = 0; next < bytes.length; ) {
    const start = bytes[next] ?? limit;
    const wanted = bytes.slice(next, next + 8).filter((one) => one < start + 8);
    const length = (wanted.at(-1) ?? start) - start + 1;
    const fitting = sizes.filter((size) => start + size <= limit);
    const size = fitting.find((one) => one >= length) ?? fitting.at(-1) ?? 1;
    found.push({ start, end: start + size });
    next += wanted.filter((one) => one < start + size).length;
  }
  return found;
}

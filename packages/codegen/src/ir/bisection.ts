// Binary search: `while (lo < hi)` or `while (lo <= hi)` whose every turn takes `lo` beyond the middle or `hi` down to it, so
// that what is left between them is halved. By induction over the turns both stay inside of what they begin with.
import type { Block, BlockId, Inst, ValueId } from "./function.ts";
import { greater, type Interval, signed, smaller } from "./interval.ts";
import { type CompareName, type CompareOp, splitOp } from "./ops.ts";

/** The two ends as the loop's header has them, with what they begin with. */
export interface Ends {
  readonly lo: ValueId;
  readonly hi: ValueId;
  readonly first: Interval;
  readonly last: Interval;
}

/** What is known of the function. */
export interface Known {
  definition(value: ValueId): Inst | undefined;
  /** The block whose parameter a value is, inside of the loop. */
  place(value: ValueId): { readonly block: Block; readonly index: number } | undefined;
  /** The edges to a block, each with its arguments. */
  incoming(block: BlockId): readonly { readonly args: readonly ValueId[] }[];
}

/** How often the test can hold, and where the ends are then. */
export interface Bisected {
  readonly trips: bigint;
  readonly lo: Interval;
  readonly hi: Interval;
}

type Pair = readonly [lo: ValueId, hi: ValueId];

/** The sum of two ends below this is exact in 32 bits. */
const highest = (1n << 30n) - 1n;

/** Most choices on the way back to the header. */
const mostPairs = 64;

/** The bound of a loop that goes on while `lo op hi`; `next` are the ends at each edge back to the header. */
export function bisect(op: CompareOp, ends: Ends, next: readonly Pair[], known: Known): Bisected | undefined {
  const { name, width } = splitOp<CompareName>(op);
  if (width !== 64 || (name !== "slt" && name !== "sle")) return undefined;
  const { first, last } = ends;
  if (first.smin < 0n || last.smax > highest || next.length === 0) return undefined;
  const pairs = choices(next, known);
  if (!pairs?.every((pair) => halves(pair, name, ends, known))) return undefined;
  const left = last.smax - first.smin + (name === "sle" ? 1n : 0n);
  return {
    trips: left <= 0n ? 0n : BigInt(left.toString(2).length),
    lo: signed(first.smin, greater(first.smax, last.smax + 1n)),
    hi: signed(smaller(last.smin, first.smin - 1n), last.smax),
  };
}

/** What pairs may be, through the parameters of blocks; undefined where that is too much. */
function choices(next: readonly Pair[], known: Known): readonly Pair[] | undefined {
  const found: Pair[] = [];
  const open = [...next];
  for (let work = 0; open.length > 0; work++) {
    const [lo, hi] = open.pop() ?? [-1, -1];
    const place = known.place(lo) ?? known.place(hi);
    if (work > mostPairs) return undefined;
    if (!place) found.push([lo, hi]);
    else
      for (const { args } of known.incoming(place.block.id))
        open.push([passed(lo, args, place.block), passed(hi, args, place.block)]);
  }
  return found;
}

/** What an edge passes for a parameter; any other value is itself. */
function passed(value: ValueId, args: readonly ValueId[], block: Block): ValueId {
  const index = block.params.findIndex((param) => param.value === value);
  return index < 0 ? value : (args[index] ?? value);
}

/** True where one end moves to the middle, and never stays where it is. */
function halves([lo, hi]: Pair, test: "slt" | "sle", ends: Ends, known: Known): boolean {
  if (hi === ends.hi) return distance(lo, ends, known) === 1n;
  const down = lo === ends.lo ? distance(hi, ends, known) : undefined;
  return down === -1n || (down === 0n && test === "slt");
}

/** How far a value is from the middle. */
function distance(value: ValueId, ends: Ends, known: Known): bigint | undefined {
  if (isMiddle(value, ends, known)) return 0n;
  const inst = known.definition(value);
  if (inst?.op !== "add64" && inst?.op !== "sub64") return undefined;
  const [base, by] = inst.args;
  const constant = known.definition(by);
  if (constant?.op !== "const" || !isMiddle(base, ends, known)) return undefined;
  const added = BigInt.asIntN(64, constant.value);
  return inst.op === "add64" ? added : -added;
}

/** `(lo + hi) >> 1`, `Math.floor((lo + hi) / 2)`, `lo + ((hi - lo) >> 1)` and the like. */
function isMiddle(value: ValueId, { lo, hi }: Ends, known: Known): boolean {
  const bare = extended(value, known);
  const halved = half(bare, known);
  if (halved !== undefined) {
    const sum = known.definition(halved);
    return sum?.op === "add64" && sum.args.includes(lo) && sum.args.includes(hi);
  }
  const inst = known.definition(bare);
  if (inst?.op !== "add64" || !inst.args.includes(lo)) return false;
  const rest = half(extended(inst.args[0] === lo ? inst.args[1] : inst.args[0], known), known);
  const difference = rest === undefined ? undefined : known.definition(rest);
  return difference?.op === "sub64" && difference.args[0] === hi && difference.args[1] === lo;
}

/** Without extensions, which change nothing where both ends are small. */
function extended(value: ValueId, known: Known): ValueId {
  const inst = known.definition(value);
  return inst?.op === "sext32" || inst?.op === "zext32" ? extended(inst.args[0], known) : value;
}

const shifts: ReadonlySet<string> = new Set(["lshr32", "ashr32", "lshr64", "ashr64"]);
const divisions: ReadonlySet<string> = new Set(["sdiv64", "udiv64", "sdiv32", "udiv32"]);

/** What is halved, towards zero or down: of what is not negative that is the same. */
function half(value: ValueId, known: Known): ValueId | undefined {
  const inst = known.definition(value);
  if (!inst || !("args" in inst) || inst.args.length !== 2) return undefined;
  const [base, by] = inst.args;
  const constant = by === undefined ? undefined : known.definition(by);
  if (base === undefined || constant?.op !== "const") return undefined;
  const is = (ops: ReadonlySet<string>, wanted: bigint): boolean => ops.has(inst.op) && constant.value === wanted;
  return is(shifts, 1n) || is(divisions, 2n) ? extended(base, known) : undefined;
}

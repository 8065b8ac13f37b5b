// Unrolling for kernels without loops (before Linux 5.3): every loop becomes as many copies of its body as it may have
// rounds, inner loops first. Takes a function whose loops have bounds; a loop that would make too many instructions stays,
// and is told. Behind the last copy no round is left, so what would enter one more returns the failure value.
import type { Span } from "@typebpf/abi";
import type { Block, IrFunction } from "../ir/function.ts";
import { findLoops, type Loop } from "../ir/loops.ts";
import { computeRanges, type Ranges } from "../ir/ranges.ts";
import { freshIds, mapEdges } from "../ir/rewrite.ts";
import { simplifyControlFlow } from "./cfg.ts";
import { removeDeadCode } from "./dce.ts";
import { simplify } from "./simplify.ts";
import { peel } from "./unroll.ts";

/** Most instructions that one function may become: those kernels take 4096 slots, and passes take longer than in proportion. */
const maxInstructions = 1200;

/** A function without loops, and where those that are left jump back. */
export interface Unrolled {
  readonly fn: IrFunction;
  readonly left: readonly { readonly at: Span; readonly rounds: bigint | undefined }[];
}

function tidied(fn: IrFunction): IrFunction {
  return removeDeadCode(simplifyControlFlow(simplify(simplifyControlFlow(fn))));
}

/** The loop cannot be entered: edges into it from outside end the program. */
function cut(fn: IrFunction, loop: Loop): IrFunction {
  const ids = freshIds(fn);
  const at = fn.blocks.find(({ id }) => id === loop.header)?.end.at;
  if (!at) throw new Error("unroll: a loop without its header");
  const value = ids.value();
  const dead: Block = {
    id: ids.block(),
    params: [],
    insts: [{ op: "const", result: value, type: "i64", value: BigInt.asUintN(64, BigInt(fn.failure)), at }],
    end: { op: "return", args: [value], at },
  };
  const blocks = fn.blocks.map((block) =>
    loop.blocks.has(block.id)
      ? block
      : {
          ...block,
          end: mapEdges(block.end, (edge) => (edge.block === loop.header ? { block: dead.id, args: [] } : edge)),
        },
  );
  return { ...fn, blocks: [...blocks, dead] };
}

function innermost(loops: readonly Loop[]): Loop | undefined {
  return loops.find((loop) => !loops.some((other) => other !== loop && loop.blocks.has(other.header)));
}

/** Instructions of a function when each loop is as many copies of its body as it may have rounds. */
function unrolledSize(fn: IrFunction, loops: readonly Loop[], visits: (loop: Loop) => bigint): bigint {
  return fn.blocks.reduce((sum, { id, insts }) => {
    const copies = loops.filter((loop) => loop.blocks.has(id)).reduce((all, loop) => all * visits(loop), 1n);
    return sum + BigInt(insts.length + 1) * copies;
  }, 0n);
}

/** The function without loops, as far as that can be. */
export function unrollWhole(fn: IrFunction): Unrolled {
  const loops = findLoops(fn);
  if (loops.length === 0) return { fn, left: [] };
  const ranges = computeRanges(fn);
  const visits = (loop: Loop): bigint => (ranges.trips(loop.header) ?? 0n) + 1n;
  const unknown = loops.filter((loop) => ranges.trips(loop.header) === undefined);
  const long = unrolledSize(fn, loops, visits) > BigInt(maxInstructions) ? loops : [];
  if (unknown.length + long.length > 0)
    return { fn, left: [...new Set([...unknown, ...long])].map((loop) => told(fn, loop, ranges)) };
  return { fn: unrolled(fn, visits), left: [] };
}

function told(fn: IrFunction, loop: Loop, ranges: Ranges): Unrolled["left"][number] {
  const latch = fn.blocks.find(({ id }) => id === loop.latches[0]) ?? fn.blocks.find(({ id }) => id === loop.header);
  if (!latch) throw new Error("unroll: a loop without its header");
  return { at: latch.end.at, rounds: ranges.trips(loop.header) };
}

/** Inner loops first: their headers keep their numbers, and what is known of their rounds holds for every copy. */
function unrolled(fn: IrFunction, visits: (loop: Loop) => bigint): IrFunction {
  let current = fn;
  for (let loop = innermost(findLoops(current)); loop; loop = innermost(findLoops(current))) {
    const { header } = loop;
    const same = (): Loop | undefined => findLoops(current).find((one) => one.header === header);
    for (let copy = visits(loop), next = same(); copy > 0n && next; copy--, next = same())
      current = peel(current, next);
    const last = same();
    current = tidied(last ? cut(current, last) : current);
  }
  return current;
}

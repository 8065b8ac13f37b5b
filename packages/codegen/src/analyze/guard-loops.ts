// Counters for the kernel's verifier: a loop that is bounded here by what the verifier does not follow (a quotient, a
// swapped value, a bit that is cleared) counts its turns, and ends the program with its type's failure value after more than
// there can be. In a program that may hold a reserved record, which no program may end with, it leaves the loop instead.
import { edgesOf } from "../ir/cfg.ts";
import { type DominatorTree, dominators } from "../ir/dominators.ts";
import type { Block, BlockId, Edge, IrFunction, ValueId } from "../ir/function.ts";
import type { Loop } from "../ir/loops.ts";
import type { Ranges } from "../ir/ranges.ts";
import { type Fresh, freshIds, mapEdges } from "../ir/rewrite.ts";
import { failureBlock, mayHoldRecord } from "./failure.ts";

/** So many times the turns that there can be are too many to be followed. */
const muchMore = 8n;

/** The function with a counter in each loop for which `kernel` finds no bound, or a much higher one. */
export function guardLoops(fn: IrFunction, ranges: Ranges, kernel: Ranges): IrFunction {
  const open = kernel.loops.filter(({ header }) => {
    const [known, seen] = [ranges.trips(header), kernel.trips(header)];
    if (!kernel.isReachable(header) || known === undefined) return false;
    return seen === undefined || seen > known * muchMore + muchMore;
  });
  if (open.length === 0) return fn;
  const tree = dominators(fn);
  const fresh = freshIds(fn);
  const failure = mayHoldRecord(fn) ? undefined : fresh.block();
  let current = fn;
  for (const loop of open) {
    const leave: Edge | undefined = failure === undefined ? exitOf(fn, loop, tree) : { block: failure, args: [] };
    if (leave) current = count(current, loop, ranges.trips(loop.header) ?? 0n, leave, fresh);
  }
  if (failure === undefined || current === fn) return current;
  return { ...current, blocks: [...current.blocks, failureBlock(fn, failure, fresh)] };
}

/** An edge out of the loop whose values are known at every edge back. */
function exitOf(fn: IrFunction, loop: Loop, tree: DominatorTree): Edge | undefined {
  for (const block of fn.blocks) {
    if (!loop.blocks.has(block.id) || !loop.latches.every((latch) => tree.dominates(block.id, latch))) continue;
    const exit = edgesOf(block.end).find((edge) => !loop.blocks.has(edge.block));
    if (exit) return exit;
  }
  return undefined;
}

function count(fn: IrFunction, { header, blocks }: Loop, trips: bigint, leave: Edge, fresh: Fresh): IrFunction {
  const counter = fresh.value();
  return {
    ...fn,
    blocks: fn.blocks.flatMap((block): readonly Block[] => {
      if (!edgesOf(block.end).some((edge) => edge.block === header) && block.id !== header) return [block];
      const params: Block["params"] =
        block.id === header ? [...block.params, { value: counter, type: "i64" }] : block.params;
      if (!blocks.has(block.id)) return [{ ...block, params, ...entered(block, header, fresh.value()) }];
      const added: Block[] = [];
      const end = mapEdges(block.end, (edge) => {
        if (edge.block !== header) return edge;
        const turn = turnBlock(edge, { counter, trips, leave }, block.end.at, fresh);
        added.push(turn);
        return { block: turn.id, args: [] };
      });
      return [{ ...block, params, end }, ...added];
    }),
  };
}

/** The block that enters the loop, with the counter at 0. */
function entered(block: Block, header: BlockId, zero: ValueId): Pick<Block, "insts" | "end"> {
  const { at } = block.end;
  return {
    insts: [...block.insts, { op: "const", value: 0n, result: zero, type: "i64", at }],
    end: mapEdges(block.end, (edge) => (edge.block === header ? { ...edge, args: [...edge.args, zero] } : edge)),
  };
}

interface Count {
  readonly counter: ValueId;
  readonly trips: bigint;
  readonly leave: Edge;
}

function turnBlock(back: Edge, { counter, trips, leave }: Count, at: Block["end"]["at"], fresh: Fresh): Block {
  const [one, next, most] = [fresh.value(), fresh.value(), fresh.value()];
  return {
    id: fresh.block(),
    params: [],
    insts: [
      { op: "const", value: 1n, result: one, type: "i64", at },
      { op: "add64", args: [counter, one], result: next, type: "i64", at },
      { op: "const", value: trips, result: most, type: "i64", at },
    ],
    end: {
      op: "branch",
      compare: "ugt64",
      args: [next, most],
      then: leave,
      else: { block: back.block, args: [...back.args, next] },
      at,
    },
  };
}

// Which marked loops become callbacks: all over the elements of maps, and those of bpf_loop of which the kernel's verifier would follow too many iterations, where
// the target has the helper (Linux 5.17). The others stay ordinary loops. The choice depends on ranges alone, not on -O.
import { compareKernels, features, type Target } from "@typebpf/abi";
import { dominators } from "../ir/dominators.ts";
import type { Block, BlockId, IrFunction } from "../ir/function.ts";
import { computeRanges, type Ranges } from "../ir/ranges.ts";
import { isOverMap } from "./loop-body.ts";
import { outlineLoop } from "./outline.ts";

/** Instructions of all iterations that the verifier may follow one by one. */
const mostFollowed = 2_000n;

/** Headers of the loops that become callbacks. */
export function callbackLoops(fn: IrFunction, ranges: Ranges, target: Target): ReadonlySet<BlockId> {
  const found = new Set<BlockId>();
  for (const { id, end } of fn.blocks) if (end.op === "branch" && isOverMap(end)) found.add(id);
  if (compareKernels(features.callbackLoops.since, target.kernel) > 0) return found;
  for (const loop of ranges.loops) {
    const header = fn.blocks.find((block) => block.id === loop.header);
    if (header?.end.op !== "branch" || !header.end.callback) continue;
    const size = fn.blocks.reduce((sum, block) => sum + (loop.blocks.has(block.id) ? block.insts.length + 1 : 0), 0);
    const trips = ranges.trips(loop.header) ?? mostFollowed;
    if (trips * BigInt(size) > mostFollowed) found.add(loop.header);
  }
  return found;
}

/** The function with its chosen loops outlined, and their bodies; outer loops first. No mark is left. */
export function outlineCallbacks(
  fn: IrFunction,
  chosen: ReadonlySet<BlockId>,
  nameFor: (name: string) => string,
): readonly IrFunction[] {
  const [first] = dominators(fn).order.filter((block) => chosen.has(block.id) && isMarked(block));
  if (!first) return [withoutMarks(fn)];
  const others = new Set([...chosen].filter((id) => id !== first.id));
  const { end } = first;
  const ranges = computeRanges(fn);
  const name = nameFor(`${fn.name.replace(/_loop(_\d+)?$/, "")}_loop`);
  const outlined = end.op === "branch" ? outlineLoop(fn, first, end, ranges, name) : undefined;
  if (!outlined) return outlineCallbacks(fn, others, nameFor);
  const { caller, callback } = outlined;
  return [...outlineCallbacks(caller, others, nameFor), ...outlineCallbacks(callback, others, nameFor)];
}

function isMarked({ end }: Block): boolean {
  return end.op === "branch" && end.callback !== undefined;
}

function withoutMarks(fn: IrFunction): IrFunction {
  if (!fn.blocks.some(isMarked)) return fn;
  const blocks = fn.blocks.map((block): Block => {
    if (block.end.op !== "branch") return block;
    const { callback, ...end } = block.end;
    return { ...block, end };
  });
  return { ...fn, blocks };
}

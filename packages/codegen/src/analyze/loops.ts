// Loops must end, and soon: the kernel follows every iteration. A loop needs a bound, and what the loops of a program run
// in all, by their bounds, must stay under what the kernel's verifier follows.
import { type Diagnostic, diagnostic, limits } from "@typebpf/abi";
import type { Block, BlockId, IrFunction } from "../ir/function.ts";
import type { Loop } from "../ir/loops.ts";
import type { Ranges } from "../ir/ranges.ts";
import { analyzeDiagnostics } from "./diagnostics.ts";

/** Diagnostics of loops without a bound, and of those that run too long. */
export function checkLoops(
  fn: IrFunction,
  ranges: Ranges,
  callbacks: ReadonlySet<BlockId> = new Set(),
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const blocks = new Map(fn.blocks.map((block) => [block.id, block]));
  const loops = ranges.loops.filter((loop) => ranges.isReachable(loop.header));
  for (const loop of loops) {
    const header = blocks.get(loop.header);
    if (header && ranges.trips(loop.header) === undefined) {
      found.push(diagnostic(analyzeDiagnostics.unboundedLoop, { at: spanOf(header, loop, blocks) }));
    }
  }
  if (found.length > 0) return found;
  // Of a callback the kernel follows a few iterations only.
  const followed = loops.filter((loop) => !callbacks.has(loop.header));
  const longest = followed.find((loop) => costOf(loop, followed, blocks, ranges) > limits.verifiedInsns);
  const header = longest && blocks.get(longest.header);
  if (!longest || !header) return [];
  const times = (ranges.trips(longest.header) ?? 0n).toLocaleString("en");
  const total = costOf(longest, followed, blocks, ranges).toLocaleString("en");
  return [
    diagnostic(analyzeDiagnostics.loopTooLong, {
      message: `the loop may run ${times} times, about ${total} instructions in all; the kernel follows at most ${limits.verifiedInsns.toLocaleString("en")}`,
      at: spanOf(header, longest, blocks),
    }),
  ];
}

/** The loop's own span: that of the jump back. */
function spanOf(header: Block, loop: Loop, blocks: ReadonlyMap<number, Block>): Block["end"]["at"] {
  const [latch] = loop.latches;
  return (latch === undefined ? undefined : blocks.get(latch))?.end.at ?? header.end.at;
}

/** Instructions that all iterations run: each block as often as the loops around it inside of this one. */
function costOf(loop: Loop, loops: readonly Loop[], blocks: ReadonlyMap<number, Block>, ranges: Ranges): bigint {
  const inside = loops.filter((one) => loop.blocks.has(one.header));
  let cost = 0n;
  for (const id of loop.blocks) {
    if (!ranges.isReachable(id)) continue;
    const size = BigInt((blocks.get(id)?.insts.filter((inst) => inst.op !== "assert").length ?? 0) + 1);
    const times = inside
      .filter((one) => one.blocks.has(id))
      .reduce((product, one) => product * ((ranges.trips(one.header) ?? 0n) + 1n), 1n);
    cost += size * times;
  }
  return cost;
}

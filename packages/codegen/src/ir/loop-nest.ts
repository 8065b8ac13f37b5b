// Blocks in reverse postorder with each loop as one part, so that a fixpoint can finish a loop before it goes on (Bourdoncle,
// "Efficient chaotic iteration strategies with widenings", 1993).
import type { Block, BlockId } from "./function.ts";
import type { Loop } from "./loops.ts";

/** A block, or a loop with its header first. */
export type Part = Block | { readonly parts: readonly Part[] };

/** The order of blocks with every loop in one piece; `inside` is the loop that the blocks are. */
export function nest(order: readonly Block[], loops: readonly Loop[], inside?: Loop): readonly Part[] {
  const byHeader = new Map(loops.map((loop) => [loop.header, loop]));
  const taken = new Set<BlockId>();
  const parts: Part[] = [];
  for (const block of order) {
    if (taken.has(block.id)) continue;
    const loop = byHeader.get(block.id);
    if (!loop || loop === inside) {
      parts.push(block);
      continue;
    }
    const own = order.filter((one) => loop.blocks.has(one.id));
    for (const one of own) taken.add(one.id);
    parts.push({ parts: nest(own, loops, loop) });
  }
  return parts;
}

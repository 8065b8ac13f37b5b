import { arrayMap, noinline, struct, array, u32, u64, xdp, XDP } from "@typebpf/dsl";

const Block = struct("block", { words: array(u64, 12) });
const Last = struct("last", { words: array(u64, 8) });
const blocks = arrayMap({ value: Block, maxEntries: 4 });
const lasts = arrayMap({ value: Last, maxEntries: 4 });

const inner = noinline((key: number) => lasts.set(key, Last({ words: [1n] })));
const outer = noinline((key: number) => blocks.set(key, Block({ words: [2n] })) + inner(key));

export const filter = xdp((ctx) => {
  const key = u32(ctx.ingressIfindex);
  return blocks.set(key, Block({ words: [3n] })) + outer(key) === 0 ? XDP.DROP : XDP.PASS;
});

import { arrayMap, u64, xdp, XDP } from "@typebpf/dsl";

export const counts = arrayMap({ value: u64, maxEntries: 16 });

export const filter = xdp((ctx) => {
  const count = counts.get(ctx.rxQueueIndex);
  if (count) count.value += 1n;
  return XDP.PASS;
});

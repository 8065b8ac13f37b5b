import { hashMap, u32, u64, xdp, XDP } from "@typebpf/dsl";

const map = hashMap({ key: u32, value: u64, maxEntries: 16 });

export const filter = xdp((ctx) => {
  if (map.has(ctx.rxQueueIndex)) return XDP.DROP;
  return XDP.PASS;
});

import { arrayMap, array, atomicAdd, u8, u32, view, xdp, XDP } from "@typebpf/dsl";

export const counters = arrayMap({ value: array(u8, 16), maxEntries: 4 });

export const filter = xdp((ctx) => {
  const bytes = counters.get(ctx.rxQueueIndex & 3);
  if (!bytes) return XDP.PASS;
  atomicAdd(view(bytes, 2, u32), "value", 1); // here
  return XDP.PASS;
});

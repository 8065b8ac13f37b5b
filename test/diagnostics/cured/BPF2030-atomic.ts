import { atomicAdd, hashMap, u32, xdp, XDP } from "@typebpf/dsl";

const counters = hashMap({ key: u32, value: u32, maxEntries: 16 });

export const filter = xdp((ctx) => {
  const hits = counters.get(0);
  if (hits) atomicAdd(hits, "value", 1);
  return XDP.PASS;
});

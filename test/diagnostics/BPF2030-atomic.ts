import { atomicAdd, hashMap, u32, u32be, xdp, XDP } from "@typebpf/dsl";

const counters = hashMap({ key: u32, value: u32be, maxEntries: 16 });

export const filter = xdp((ctx) => {
  const hits = counters.get(0);
  if (hits) atomicAdd(hits, "value", 1); // here
  return XDP.PASS;
});

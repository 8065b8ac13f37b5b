import { hashMap, u32, u64, xdp, XDP } from "@typebpf/dsl";

const counters = hashMap({ key: u32, value: u64, maxEntries: 16 });

export const filter = xdp((ctx) => {
  const hits = counters.get(0);
  if (!hits) return XDP.PASS;
  hits.value += 1n;
  return XDP.PASS;
});

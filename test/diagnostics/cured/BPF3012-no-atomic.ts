// target: 4.20
import { arrayMap, atomicAdd, u64, xdp, XDP } from "@typebpf/dsl";

const counts = arrayMap({ value: u64, maxEntries: 1 });

export const filter = xdp((ctx) => {
  const hits = counts.get(0);
  if (!hits) return XDP.PASS;
  atomicAdd(hits, "value", 1n);
  return XDP.PASS;
});

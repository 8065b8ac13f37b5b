import { hashMap, u32, u64, xdp, XDP } from "@typebpf/dsl";

const counters = hashMap({ key: u32, value: u64, maxEntries: 16 });

export const filter = xdp((ctx) => {
  const [first, second] = [counters.get(0), counters.get(1)];
  if (first && second && first.value === second.value) return XDP.DROP;
  return XDP.PASS;
});

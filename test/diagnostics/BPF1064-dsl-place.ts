import { hashMap, u32, u64, xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const map = hashMap({ key: u32, value: u64, maxEntries: 16 }); // here
  return XDP.PASS;
});

import { hashMap, i64, struct, u32, u64, xdp, XDP } from "@typebpf/dsl";

const Mixed = struct("mixed", { signed: i64, unsigned: u64 });
const mixed = hashMap({ key: u32, value: Mixed, maxEntries: 16 });

export const filter = xdp((ctx) => {
  const m = mixed.get(0);
  if (m) m.unsigned = u64(-1n);
  return XDP.PASS;
});

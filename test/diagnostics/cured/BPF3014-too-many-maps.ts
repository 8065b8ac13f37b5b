import { hashMap, struct, u32, u64, xdp, XDP } from "@typebpf/dsl";

const Key = struct("key", { table: u32, id: u64 });
const entries = hashMap({ key: Key, value: u64, maxEntries: 65 });

export const filter = xdp(() => {
  for (let table = 0; table < 65; table++) entries.delete(Key({ table }));
  return XDP.PASS;
});

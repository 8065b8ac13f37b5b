import { hashMap, u32, u64, xdp, XDP } from "@typebpf/dsl";

export const counters = hashMap({ key: u32, value: u64, maxEntries: 16 });

export const filter = xdp(() => (counters.get(0) ? XDP.DROP : XDP.PASS));

import { hashMap, u32, u64, xdp, XDP } from "@typebpf/dsl";

const counters = hashMap({ key: u32, value: u64, maxEntries: 16 });

const FIRST = counters.has(0); // here

export const filter = xdp(() => (FIRST ? XDP.DROP : XDP.PASS));

// here
import { hashMap, u32, u64 } from "@typebpf/dsl";

export const counters = hashMap({ key: u32, value: u64, maxEntries: 16 });

// target: 5.4
import { hashMap, struct, u32, xdp, XDP } from "@typebpf/dsl";

const Event = struct("event", { length: u32 });
export const events = hashMap({ key: u32, value: Event, maxEntries: 4096 });

export const filter = xdp(() => XDP.PASS);

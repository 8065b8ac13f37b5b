// target: 5.4
import { ringBuffer, struct, u32, xdp, XDP } from "@typebpf/dsl";

const Event = struct("event", { length: u32 });
export const events = ringBuffer({ value: Event, maxEntries: 4096 }); // here

export const filter = xdp(() => XDP.PASS);

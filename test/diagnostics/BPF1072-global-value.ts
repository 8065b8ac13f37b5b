import { type u8, xdp, XDP } from "@typebpf/dsl";

export let limit: u8 = 256; // here

export const filter = xdp(() => (limit > 5 ? XDP.PASS : XDP.DROP));

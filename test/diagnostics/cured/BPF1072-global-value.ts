import { type u8, xdp, XDP } from "@typebpf/dsl";

export let limit: u8 = 255;

export const filter = xdp(() => (limit > 5 ? XDP.PASS : XDP.DROP));

import { type u32, xdp, XDP } from "@typebpf/dsl";

let seen: u32 = 0;

export const filter = xdp(() => XDP.PASS);

import { xdp, XDP } from "@typebpf/dsl";

let seen = 0; // here

export const filter = xdp(() => XDP.PASS);

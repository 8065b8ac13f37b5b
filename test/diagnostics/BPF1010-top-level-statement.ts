import { xdp, XDP } from "@typebpf/dsl";

for (let i = 0; i < 4; i++) {} // here

export const filter = xdp(() => XDP.PASS);

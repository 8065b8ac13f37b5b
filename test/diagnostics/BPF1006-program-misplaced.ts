import { xdp, XDP } from "@typebpf/dsl";

const hidden = xdp(() => XDP.DROP); // here

export const filter = xdp(() => XDP.PASS);

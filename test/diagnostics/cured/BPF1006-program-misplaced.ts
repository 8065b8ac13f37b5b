import { xdp, XDP } from "@typebpf/dsl";

export const hidden = xdp(() => XDP.DROP);

export const filter = xdp(() => XDP.PASS);

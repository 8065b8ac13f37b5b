import { xdp, XDP } from "@typebpf/dsl";

export const count_in = xdp(() => XDP.PASS);
export const count_out = xdp(() => XDP.PASS);

import { xdp, XDP } from "@typebpf/dsl";

export const drop_all = xdp(() => XDP.DROP);

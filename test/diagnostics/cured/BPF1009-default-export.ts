import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp(() => XDP.PASS);

import { xdp, XDP } from "@typebpf/dsl";

export const license = "GPL";

export const filter = xdp(() => XDP.PASS);

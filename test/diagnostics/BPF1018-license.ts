import { xdp, XDP } from "@typebpf/dsl";

export const license = "GPL\u00e9"; // here

export const filter = xdp(() => XDP.PASS);

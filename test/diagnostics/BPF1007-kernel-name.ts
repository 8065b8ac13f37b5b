import { xdp, XDP } from "@typebpf/dsl";

export const drop$ = xdp(() => XDP.DROP); // here

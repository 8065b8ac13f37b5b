import { xdp, XDP } from "@typebpf/dsl";

const FIRST = 1;
export const SECOND: number = FIRST + 1;

export const filter = xdp(() => XDP.PASS);

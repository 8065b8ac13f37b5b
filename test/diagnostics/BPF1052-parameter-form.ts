import { xdp, XDP } from "@typebpf/dsl";

function scale(x: number, by = 2): number { // here
  return x * by;
}

export const filter = xdp(() => XDP.PASS);

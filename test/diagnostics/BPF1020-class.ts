import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  class Counter { hits = 0; } // here
  return XDP.PASS;
});

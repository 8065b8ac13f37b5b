import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  with (ctx) return XDP.DROP; // here
  return XDP.PASS;
});

import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  if (arguments.length === 1) return XDP.DROP; // here
  return XDP.PASS;
});

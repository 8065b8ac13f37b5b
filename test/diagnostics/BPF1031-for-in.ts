import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  for (const name in ctx) return XDP.DROP; // here
  return XDP.PASS;
});

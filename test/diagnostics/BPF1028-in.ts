import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  if ("packet" in ctx) return XDP.DROP; // here
  return XDP.PASS;
});

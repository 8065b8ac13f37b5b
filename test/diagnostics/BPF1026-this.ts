import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  if (this === undefined) return XDP.DROP; // here
  return XDP.PASS;
});

import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const { rxQueueIndex = 1 } = ctx; // here
  return XDP.PASS;
});

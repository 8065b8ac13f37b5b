import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const { rxQueueIndex, ingressIfindex } = ctx;
  return XDP.PASS;
});

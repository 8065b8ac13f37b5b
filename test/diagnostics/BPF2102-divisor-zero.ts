import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const share = ctx.ingressIfindex % ctx.rxQueueIndex; // here
  return share === 0 ? XDP.DROP : XDP.PASS;
});

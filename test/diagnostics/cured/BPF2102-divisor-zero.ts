import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  if (ctx.rxQueueIndex === 0) return XDP.PASS;
  const share = ctx.ingressIfindex % ctx.rxQueueIndex;
  return share === 0 ? XDP.DROP : XDP.PASS;
});

import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const product = ctx.ingressIfindex * ctx.rxQueueIndex; // here
  return product === 12 ? XDP.DROP : XDP.PASS;
});

import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const product = BigInt(ctx.ingressIfindex) * BigInt(ctx.rxQueueIndex);
  return product === 12n ? XDP.DROP : XDP.PASS;
});

import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const queue = BigInt(ctx.rxQueueIndex);
  return XDP.PASS;
});

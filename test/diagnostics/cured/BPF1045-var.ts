import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const queue = ctx.rxQueueIndex;
  return XDP.PASS;
});

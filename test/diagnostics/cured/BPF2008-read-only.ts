import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let queue = ctx.rxQueueIndex;
  queue = 4;
  return XDP.PASS;
});

import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let queue; // here
  queue = ctx.rxQueueIndex;
  if (queue > 1) return XDP.DROP;
  return XDP.PASS;
});

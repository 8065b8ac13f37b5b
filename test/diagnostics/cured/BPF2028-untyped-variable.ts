import { type u32, xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let queue: u32;
  queue = ctx.rxQueueIndex;
  if (queue > 1) return XDP.DROP;
  return XDP.PASS;
});

import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  if (1 << (ctx.rxQueueIndex & 15) > 16) return XDP.DROP;
  return XDP.PASS;
});

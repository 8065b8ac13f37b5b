import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  if (ctx.rxQueueIndex === 4) return XDP.DROP;
  return XDP.PASS;
});

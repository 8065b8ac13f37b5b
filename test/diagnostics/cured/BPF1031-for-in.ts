import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  for (const queue of [1, 3]) if (ctx.rxQueueIndex === queue) return XDP.DROP;
  return XDP.PASS;
});

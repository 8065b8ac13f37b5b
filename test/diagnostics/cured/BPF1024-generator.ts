import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  for (const number of [1, 2, 3]) if (ctx.rxQueueIndex === number) return XDP.DROP;
  return XDP.PASS;
});

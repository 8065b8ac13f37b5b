import { range, xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  for (const turn of range(4)) if (ctx.rxQueueIndex === turn) return XDP.DROP;
  return XDP.PASS;
});

import { xdp, XDP } from "@typebpf/dsl";

const LIMITS = { low: 1, high: 2 };

export const filter = xdp((ctx) => {
  LIMITS.low = ctx.rxQueueIndex; // here
  return XDP.PASS;
});

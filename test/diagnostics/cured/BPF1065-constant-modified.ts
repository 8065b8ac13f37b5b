import { xdp, XDP } from "@typebpf/dsl";

const LIMITS = { low: 1, high: 2 };

export const filter = xdp((ctx) => {
  const limits = { ...LIMITS };
  limits.low = ctx.rxQueueIndex;
  return XDP.PASS;
});

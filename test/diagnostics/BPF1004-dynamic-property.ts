import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const pair: Record<number, number> = { 0: ctx.rxQueueIndex, 1: 2 };
  if (pair[ctx.ingressIfindex] === 1) return XDP.DROP; // here
  return XDP.PASS;
});

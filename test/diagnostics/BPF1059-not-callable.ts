import { xdp, XDP } from "@typebpf/dsl";

declare function outside(x: number): number;

export const filter = xdp((ctx) => {
  if (outside(ctx.rxQueueIndex) === 1) return XDP.DROP; // here
  return XDP.PASS;
});

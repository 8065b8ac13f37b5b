import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const queue: boolean = ctx.rxQueueIndex; // here
  return XDP.PASS;
});

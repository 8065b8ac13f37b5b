import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const queue: any = ctx.rxQueueIndex; // here
  return XDP.PASS;
});

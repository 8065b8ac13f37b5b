import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const queue: boolean = ctx.rxQueueIndex > 0;
  return XDP.PASS;
});

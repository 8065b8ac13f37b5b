import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const queue = ctx.rxQueueIndex as unknown; // here
  return XDP.PASS;
});

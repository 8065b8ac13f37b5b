import { type u32, xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const queue: u32 = ctx.rxQueueIndex;
  return XDP.PASS;
});

import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  ctx.rxQueueIndex = 4; // here
  return XDP.PASS;
});

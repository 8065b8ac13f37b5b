import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let half = 0.5; // here
  half += ctx.rxQueueIndex;
  return XDP.PASS;
});

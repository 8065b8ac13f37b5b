import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let half = Math.round(0.5);
  half += ctx.rxQueueIndex;
  return XDP.PASS;
});

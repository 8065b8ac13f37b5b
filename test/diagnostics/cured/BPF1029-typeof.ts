import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const kind = ctx.rxQueueIndex;
  return XDP.PASS;
});

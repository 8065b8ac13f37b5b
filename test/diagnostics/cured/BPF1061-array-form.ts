import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const list = [ctx.rxQueueIndex, 0, 2];
  return XDP.PASS;
});

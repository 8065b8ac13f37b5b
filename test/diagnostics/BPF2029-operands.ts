import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const flag = ctx.rxQueueIndex > 1;
  if (-flag < 0) return XDP.DROP; // here
  return XDP.PASS;
});

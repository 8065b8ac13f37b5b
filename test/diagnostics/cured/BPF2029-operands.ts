import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const flag = ctx.rxQueueIndex > 1;
  if (flag) return XDP.DROP;
  return XDP.PASS;
});

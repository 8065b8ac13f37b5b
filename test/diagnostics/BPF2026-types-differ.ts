import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const either = ctx.rxQueueIndex > 1 ? 1 : 2n; // here
  return XDP.PASS;
});

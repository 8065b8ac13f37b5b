import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const either = ctx.rxQueueIndex > 1 ? 1n : 2n;
  return XDP.PASS;
});

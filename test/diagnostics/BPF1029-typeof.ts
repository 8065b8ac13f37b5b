import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const kind = typeof ctx.rxQueueIndex; // here
  return XDP.PASS;
});

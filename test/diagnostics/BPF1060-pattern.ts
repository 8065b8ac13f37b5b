import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const { rxQueueIndex, ...rest } = ctx; // here
  return XDP.PASS;
});

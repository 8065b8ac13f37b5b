import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  if (2 ** ctx.rxQueueIndex > 16) return XDP.DROP; // here
  return XDP.PASS;
});

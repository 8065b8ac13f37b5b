import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  if (ctx.rxQueueIndex > 4) throw 1; // here
  return XDP.PASS;
});

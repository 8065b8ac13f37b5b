import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  var queue = ctx.rxQueueIndex; // here
  return XDP.PASS;
});

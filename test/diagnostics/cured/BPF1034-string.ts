import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let kind = 0;
  if (ctx.rxQueueIndex > 1) kind = 1;
  return XDP.PASS;
});

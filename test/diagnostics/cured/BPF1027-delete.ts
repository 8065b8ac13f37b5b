import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let point = { x: ctx.rxQueueIndex, known: true };
  point.known = false;
  return XDP.PASS;
});

import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const point = { x: ctx.rxQueueIndex };
  delete point.x; // here
  return XDP.PASS;
});

import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const list = [ctx.rxQueueIndex, , 2]; // here
  return XDP.PASS;
});

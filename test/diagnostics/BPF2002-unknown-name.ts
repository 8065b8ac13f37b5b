import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  console.log(ctx.rxQueueIndex); // here
  return XDP.PASS;
});

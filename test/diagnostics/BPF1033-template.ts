import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const name = `queue ${ctx.rxQueueIndex}`; // here
  return XDP.PASS;
});

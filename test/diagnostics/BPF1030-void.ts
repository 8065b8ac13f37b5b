import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const nothing = void ctx.rxQueueIndex; // here
  return XDP.PASS;
});

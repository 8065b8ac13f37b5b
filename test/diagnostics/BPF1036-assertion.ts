import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const queue = ctx.rxQueueIndex as unknown as bigint; // here
  return XDP.PASS;
});

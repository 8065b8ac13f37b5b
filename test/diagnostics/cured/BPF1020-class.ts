import { struct, u32, xdp, XDP } from "@typebpf/dsl";

const Counter = struct("counter", { hits: u32 });

export const filter = xdp((ctx) => {
  const counter = Counter({ hits: ctx.rxQueueIndex });
  return counter.hits > 0 ? XDP.DROP : XDP.PASS;
});

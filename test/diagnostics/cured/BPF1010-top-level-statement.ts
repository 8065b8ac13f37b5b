import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  for (let i = 0; i < 4; i++) if (ctx.rxQueueIndex === i) return XDP.DROP;
  return XDP.PASS;
});

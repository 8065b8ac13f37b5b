import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let result = 0;
  for (let i = 0; i < 64; i++) result ^= (ctx.rxQueueIndex & 7) + i;
  return result === 0 ? XDP.DROP : XDP.PASS;
});

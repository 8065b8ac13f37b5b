import { array, u8, xdp, XDP } from "@typebpf/dsl";

const Seen = array(u8, 16);

export const filter = xdp((ctx) => {
  const seen = Seen();
  if (ctx.rxQueueIndex >= 16) return XDP.PASS;
  seen[ctx.rxQueueIndex] = 1;
  return XDP.PASS;
});

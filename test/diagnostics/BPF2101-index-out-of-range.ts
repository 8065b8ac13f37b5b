import { array, u8, xdp, XDP } from "@typebpf/dsl";

const Seen = array(u8, 16);

export const filter = xdp((ctx) => {
  const seen = Seen();
  seen[ctx.rxQueueIndex] = 1; // here
  return XDP.PASS;
});

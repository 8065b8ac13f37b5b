import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  if (ctx.getPrandomU32() === 0) return XDP.ABORTED;
  return XDP.PASS;
});

import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  if (ctx.packet.length > 100) return XDP.DROP;
  return XDP.PASS;
});

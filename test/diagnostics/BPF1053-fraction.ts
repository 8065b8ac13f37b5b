import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const half = ctx.packet.length / 2; // here
  return XDP.PASS;
});

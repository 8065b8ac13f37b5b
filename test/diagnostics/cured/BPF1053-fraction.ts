import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const half = Math.trunc(ctx.packet.length / 2);
  return XDP.PASS;
});

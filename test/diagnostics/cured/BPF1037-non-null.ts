import { u8, xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const first = ctx.packet.at(0, u8);
  if (!first) return XDP.ABORTED;
  return XDP.PASS;
});

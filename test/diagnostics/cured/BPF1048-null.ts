import { u8, xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  if (ctx.packet.at(0, u8) === undefined) return XDP.DROP;
  return XDP.PASS;
});

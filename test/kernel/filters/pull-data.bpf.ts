// An XDP program that makes the start of its packet readable before it looks.
import { u8, XDP, xdp } from "@typebpf/dsl";

export const pull = xdp(
  (ctx) => {
    if (ctx.pullData(64) !== 0) return XDP.DROP;
    return ctx.packet.at(60, u8)?.value === 7 ? XDP.TX : XDP.PASS;
  },
  { frags: true },
);

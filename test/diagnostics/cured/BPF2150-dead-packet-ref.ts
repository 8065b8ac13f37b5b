import { xdp, XDP } from "@typebpf/dsl";
import { Ethernet } from "@typebpf/dsl/net";

export const filter = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth) return XDP.DROP;
  if (ctx.adjustHead(-4) !== 0) return XDP.ABORTED;
  const moved = ctx.packet.at(0, Ethernet);
  if (!moved) return XDP.DROP;
  return moved.proto === 0 ? XDP.DROP : XDP.PASS;
});

import { xdp, XDP } from "@typebpf/dsl";
import { Ethernet } from "@typebpf/dsl/net";

export const filter = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth) return XDP.DROP;
  return eth.proto === 0 ? XDP.DROP : XDP.PASS;
});

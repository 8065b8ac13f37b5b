import { xdp, XDP } from "@typebpf/dsl";
import { Ethernet } from "@typebpf/dsl/net";

export const filter = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  return eth && eth.proto === 4 ? XDP.DROP : XDP.PASS;
});

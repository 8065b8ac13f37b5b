// Programs for other tools to load: each drops ICMP and counts what it has dropped, in a map and in a global variable.
import { arrayMap, config, sizeOf, TC, tc, u32, u64, xdp, XDP } from "@typebpf/dsl";
import { Ethernet, EtherType, IpProtocol, IPv4 } from "@typebpf/dsl/net";

export const counts = arrayMap({ value: u64, maxEntries: 2 });
export let dropped: u32 = 0;
export const settings = config({ limit: u32 }, { limit: 1000 });

export const drop = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth || eth.proto !== EtherType.IPv4) return XDP.PASS;
  const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
  if (!ip || ip.protocol !== IpProtocol.ICMP || dropped >= settings.limit) return XDP.PASS;
  dropped += 1;
  const count = counts.get(0);
  if (count) count.value += 1n;
  return XDP.DROP;
});

export const shed = tc((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth || eth.proto !== EtherType.IPv4) return TC.OK;
  const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
  if (!ip || ip.protocol !== IpProtocol.ICMP) return TC.OK;
  const count = counts.get(1);
  if (count) count.value += 1n;
  return TC.SHOT;
});

// Drops packets by IPv4 source address, and counts for each address how many.
import { hashMap, sizeOf, u32be, u64, xdp, XDP } from "@typebpf/dsl";
import { Ethernet, EtherType, IPv4 } from "@typebpf/dsl/net";

/** Source addresses to drop, with the number of packets dropped for each. */
export const blocked = hashMap({ key: u32be, value: u64, maxEntries: 10_000 });

export const firewall = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth || eth.proto !== EtherType.IPv4) return XDP.PASS;

  const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
  if (!ip) return XDP.PASS;

  const hits = blocked.get(ip.saddr);
  if (!hits) return XDP.PASS;

  hits.value += 1n;
  return XDP.DROP;
});

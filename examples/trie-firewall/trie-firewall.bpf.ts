// Allows and drops packets by the network that they come from: of all rules that match, the one with the longest prefix
// decides. IPv4 and IPv6.
import { array, lpmTrie, sizeOf, struct, u8, u32, u32be, u64, XDP, xdp } from "@typebpf/dsl";
import { Ethernet, EtherType, IPv4, IPv6 } from "@typebpf/dsl/net";

const MAX_RULES = 65_536;

/** What a rule does, and how many packets it has decided about. */
const Rule = struct("rule", { packets: u64, drops: u32 });

/** Rules by network. */
export const rules4 = lpmTrie({ key: u32be, value: Rule, maxEntries: MAX_RULES });
export const rules6 = lpmTrie({ key: array(u8, 16), value: Rule, maxEntries: MAX_RULES });

export const firewall = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth) return XDP.PASS;
  if (eth.proto === EtherType.IPv4) {
    const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
    const rule = ip && rules4.get({ prefixLength: 32, address: ip.saddr });
    if (!rule) return XDP.PASS;
    rule.packets += 1n;
    return rule.drops ? XDP.DROP : XDP.PASS;
  }
  if (eth.proto === EtherType.IPv6) {
    const ip = ctx.packet.at(sizeOf(Ethernet), IPv6);
    const rule = ip && rules6.get({ prefixLength: 128, address: ip.saddr });
    if (!rule) return XDP.PASS;
    rule.packets += 1n;
    return rule.drops ? XDP.DROP : XDP.PASS;
  }
  return XDP.PASS;
});

// Programs of the network's hooks, each with an effect that traffic shows: what is counted, and what is dropped.
import {
  arrayMap,
  Flow,
  flowDissector,
  LWT,
  lwtIn,
  lwtOut,
  lwtXmit,
  NF,
  netfilter,
  SK,
  skLookup,
  skReuseport,
  u32,
  u64,
} from "@typebpf/dsl";
import { IPv4, IpProtocol } from "@typebpf/dsl/net";

/** Packets of IPv4 seen, by hook: 0 in, 1 out, 2 xmit, 3 flow dissector, 4 sk_lookup. */
export const seen = arrayMap({ value: u64, maxEntries: 8 });

function count(hook: u32): void {
  const packets = seen.get(hook);
  if (packets) packets.value += 1n;
}

export const dropIn = lwtIn((ctx) => {
  const ip = ctx.packet.at(0, IPv4);
  if (!ip || ip.protocol !== IpProtocol.ICMP) return LWT.OK;
  count(0);
  return LWT.DROP;
});

export const countOut = lwtOut((ctx) => {
  if (ctx.packet.at(0, IPv4)) count(1);
  return LWT.OK;
});

export const dropXmit = lwtXmit((ctx) => {
  const ip = ctx.packet.at(0, IPv4);
  if (!ip) return LWT.OK;
  count(2);
  return ip.protocol === IpProtocol.ICMP ? LWT.DROP : LWT.OK;
});

export const dissect = flowDissector((ctx) => {
  const keys = ctx.flowKeys;
  const ip = ctx.packet.at(keys.nhoff, IPv4);
  if (!ip) return Flow.CONTINUE;
  count(3);
  keys.addrProto = 0x800;
  keys.ipProto = ip.protocol;
  keys.ipv4Src = ip.saddr;
  keys.ipv4Dst = ip.daddr;
  return Flow.OK;
});

export const refuse = skLookup((ctx) => {
  if (ctx.localPort !== 7007) return SK.PASS;
  count(4);
  return SK.DROP;
});

export const dropAll = skReuseport(() => SK.DROP);

export const dropPackets = netfilter(() => NF.DROP);

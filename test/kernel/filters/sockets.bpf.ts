// Sockets of a lookup, which `using` gives back, and of the context; what other helpers make of them.
import { TC, hashMap, struct, tc, u16be, u32, u32be, u64 } from "@typebpf/dsl";
import { Ethernet, IPv4, Tcp, EtherType } from "@typebpf/dsl/net";
const Tuple = struct("tuple", { saddr: u32be, daddr: u32be, sport: u16be, dport: u16be });
export const seen = hashMap({ key: u32, value: u64, maxEntries: 16 });
export const look = tc((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth || eth.proto !== EtherType.IPv4) return TC.OK;
  const ip = ctx.packet.at(14, IPv4);
  const tcp = ctx.packet.at(34, Tcp);
  if (!ip || !tcp) return TC.OK;
  const tuple = Tuple({ saddr: ip.saddr, daddr: ip.daddr, sport: tcp.source, dport: tcp.dest });
  using sk = ctx.skLookupTcp(tuple);
  if (!sk) return TC.SHOT;
  seen.set(sk.state, u64(sk.srcPort));
  const full = ctx.tcpSock(sk);
  if (full) seen.set(100, u64(full.sndCwnd) + full.bytesAcked);
  const l = ctx.getListenerSock(sk);
  if (l) seen.set(101, u64(l.srcIp4) + u64(l.srcPort));
  if (sk.dstPort === 7) return TC.PIPE;
  return sk.state === 10 ? TC.STOLEN : TC.OK;
});
export const own = tc((ctx) => {
  if (ctx.sk) seen.set(ctx.sk.family, 1n);
  const full = ctx.sk && ctx.skFullsock(ctx.sk);
  if (full) seen.set(full.mark, u64(full.priority));
  return TC.OK;
});

// Drops TCP connections to ports that are not open, as their first segment comes in, and reports every attempt.
import { hashMap, offsetOf, ringBuffer, sizeOf, struct, u16, u16be, u32be, u64, u8, xdp, XDP, type XdpContext } from "@typebpf/dsl";
import { Ethernet, EtherType, IPv4, IPv6, IpProtocol, Tcp } from "@typebpf/dsl/net";

/** An IPv6 address in four words; of an IPv4 address, the last of ::ffff:0:0/96. */
const Address = struct("address", { a: u32be, b: u32be, c: u32be, d: u32be });
const IPV4_MAPPED = 0xffff;

const Attempt = struct("attempt", {
  timeNs: u64,
  source: Address,
  dest: Address,
  sourcePort: u16,
  destPort: u16,
  dropped: u8,
});

/** The ports that are open, with the number of connections begun. */
export const open = hashMap({ key: u16be, value: u64, maxEntries: 1024 });
/** Every attempt, oldest first; those that find the ring full are not reported. */
export const attempts = ringBuffer({ value: Attempt, maxEntries: 64 * 4096 });

/** Where the TCP header is; 0 for what is not TCP, or not the first fragment. */
function tcpOffset(ctx: XdpContext, proto: number): number {
  const start = sizeOf(Ethernet);
  if (proto === EtherType.IPv4) {
    const ip = ctx.packet.at(start, IPv4);
    if (!ip || ip.protocol !== IpProtocol.TCP || (ip.fragOff & 0x1fff) !== 0) return 0;
    return start + ip.ihl * 4;
  }
  if (proto === EtherType.IPv6) {
    return ctx.packet.at(start, IPv6)?.nexthdr === IpProtocol.TCP ? start + sizeOf(IPv6) : 0;
  }
  return 0;
}

function report(ctx: XdpContext, proto: number, tcp: Tcp, dropped: boolean): void {
  using attempt = attempts.reserve();
  if (!attempt) return;
  attempt.timeNs = ctx.ktimeGetNs();
  attempt.sourcePort = tcp.source;
  attempt.destPort = tcp.dest;
  attempt.dropped = dropped ? 1 : 0;
  if (proto === EtherType.IPv4) {
    const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
    if (!ip) return;
    attempt.source = Address({ c: IPV4_MAPPED, d: ip.saddr });
    attempt.dest = Address({ c: IPV4_MAPPED, d: ip.daddr });
  } else {
    const source = ctx.packet.at(sizeOf(Ethernet) + offsetOf(IPv6, "saddr"), Address);
    const dest = ctx.packet.at(sizeOf(Ethernet) + offsetOf(IPv6, "daddr"), Address);
    if (!source || !dest) return;
    attempt.source = source;
    attempt.dest = dest;
  }
  attempt.submit();
}

export const filter = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth) return XDP.PASS;

  const start = tcpOffset(ctx, eth.proto);
  if (start === 0) return XDP.PASS;
  const tcp = ctx.packet.at(start, Tcp);
  if (!tcp || tcp.syn === 0 || tcp.ack !== 0) return XDP.PASS;

  const begun = open.get(tcp.dest);
  report(ctx, eth.proto, tcp, begun === undefined);
  if (!begun) return XDP.DROP;
  begun.value += 1n;
  return XDP.PASS;
});

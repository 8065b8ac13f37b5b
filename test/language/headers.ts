// The headers of @typebpf/dsl/net on real frames: what a filter reads from them, and what it writes.
//
// run parse
//   packet: ffffffffffff 021122334455 0800 45 00 001c 1234 4000 40 11 0000 0a000001 0a000002 1234 0035 0008 0000
//   returns: DROP
// run parse
//   packet: ffffffffffff 021122334455 0800 46 00 0020 1234 2001 40 11 0000 0a000001 0a000002 00000000 1234 0035 0008 0000
//   returns: PASS
// run parse
//   packet: ffffffffffff 021122334455 8100 6064 0800 45 00 001c 1234 4000 40 06 0000 0a000001 0a000002 1234 0050 00000001 00000002 5012 1000 0000 0000
//   returns: TX
// run parse
//   packet: ffffffffffff 021122334455 86dd 60012345 0008 3a 40 fe800000000000000000000000000001 fe800000000000000000000000000002 80 00 0000 1234 0007
//   returns: ABORTED
// run reply
//   packet: 021122334455 02aabbccddee 0806 0001 0800 06 04 0001 02aabbccddee 0a000001 000000000000 0a000002
//   returns: TX
//   out: 02aabbccddee 021122334455 0806 0001 0800 06 04 0002 021122334455 0a000002 02aabbccddee 0a000001
import { sizeOf, xdp, XDP, type XdpAction, type XdpContext } from "@typebpf/dsl";
import { Arp, ArpOperation, Ethernet, EtherType, Icmpv6Echo, Icmpv6Type, IPv4, IPv6, IpProtocol, Tcp, Udp, Vlan } from "@typebpf/dsl/net";

function ipv4(ctx: XdpContext, offset: number): XdpAction {
  const ip = ctx.packet.at(offset, IPv4);
  if (!ip || ip.version !== 4 || (ip.fragOff & 0x1fff) !== 0) return XDP.PASS;
  const transport = offset + ip.ihl * 4;
  if (ip.protocol === IpProtocol.UDP) {
    const udp = ctx.packet.at(transport, Udp);
    return udp && udp.dest === 53 && ip.saddr === 0x0a000001 ? XDP.DROP : XDP.PASS;
  }
  const tcp = ctx.packet.at(transport, Tcp);
  if (!tcp || !tcp.syn || !tcp.ack || tcp.fin || tcp.doff !== 5) return XDP.PASS;
  return tcp.dest === 80 && tcp.ackSeq === 2 ? XDP.TX : XDP.PASS;
}

export const parse = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth) return XDP.PASS;
  let offset = sizeOf(Ethernet);
  let proto: number = eth.proto;
  if (proto === EtherType.VLAN) {
    const vlan = ctx.packet.at(offset, Vlan);
    if (!vlan || (vlan.tci & 0xfff) !== 100) return XDP.PASS;
    proto = vlan.proto;
    offset += sizeOf(Vlan);
  }
  switch (proto) {
    case EtherType.IPv4:
      return ipv4(ctx, offset);
    case EtherType.IPv6: {
      const ip = ctx.packet.at(offset, IPv6);
      if (!ip || ip.version !== 6 || ip.flowLbl !== 0x12345 || ip.nexthdr !== IpProtocol.ICMPV6) return XDP.PASS;
      const echo = ctx.packet.at(offset + sizeOf(IPv6), Icmpv6Echo);
      return echo?.type === Icmpv6Type.ECHO_REQUEST && echo.sequence === 7 && ip.daddr[15] === 2 ? XDP.ABORTED : XDP.PASS;
    }
  }
  return XDP.PASS;
});

export const reply = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  const arp = ctx.packet.at(sizeOf(Ethernet), Arp);
  if (!eth || !arp || eth.proto !== EtherType.ARP || arp.op !== ArpOperation.REQUEST) return XDP.PASS;
  const asked = { ...arp };
  arp.op = ArpOperation.REPLY;
  arp.sha = eth.dest;
  arp.sip = asked.tip;
  arp.tha = asked.sha;
  arp.tip = asked.sip;
  const sender = { ...eth };
  eth.dest = sender.source;
  eth.source = sender.dest;
  return XDP.TX;
});

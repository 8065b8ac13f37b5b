// Dispatches packets by protocol with tail calls: the first program finds the protocol, and jumps to the program for it.
// Each is loaded and verified by itself, has the whole stack, and can be replaced while the others run.
import { perCpuArray, progArray, sizeOf, struct, u64, XDP, xdp, type XdpContext } from "@typebpf/dsl";
import { Ethernet, EtherType, Icmp, IcmpType, IPv4, IpProtocol, Tcp, Udp } from "@typebpf/dsl/net";

const TELNET = 23;
const LARGEST_PING = 1000;

/** The programs by number of the protocol. */
export const protocols = progArray({
  programs: { [IpProtocol.ICMP]: "icmp", [IpProtocol.TCP]: "tcp", [IpProtocol.UDP]: "udp" },
});
/** Packets by protocol. */
export const counts = perCpuArray({ value: struct("counts", { passed: u64, dropped: u64 }), maxEntries: 256 });

function count(protocol: number, dropped: boolean): void {
  const of = counts.get(protocol);
  if (!of) return;
  if (dropped) of.dropped += 1n;
  else of.passed += 1n;
}

/** Where the header behind IPv4 begins; -1 where there is none. */
function transportOf(ctx: XdpContext): number {
  const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
  return ip && ip.ihl >= 5 ? sizeOf(Ethernet) + ip.ihl * 4 : -1;
}

export const dispatch = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth || eth.proto !== EtherType.IPv4) return XDP.PASS;
  const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
  if (!ip) return XDP.PASS;
  const { protocol } = ip;
  protocols.tailCall(ctx, protocol);
  // No program is there for this protocol.
  count(protocol, false);
  return XDP.PASS;
});

export const icmp = xdp((ctx) => {
  const header = ctx.packet.at(transportOf(ctx), Icmp);
  const dropped = header?.type === IcmpType.ECHO && ctx.packet.length > LARGEST_PING;
  count(IpProtocol.ICMP, dropped);
  return dropped ? XDP.DROP : XDP.PASS;
});

export const tcp = xdp((ctx) => {
  const dropped = ctx.packet.at(transportOf(ctx), Tcp)?.dest === TELNET;
  count(IpProtocol.TCP, dropped);
  return dropped ? XDP.DROP : XDP.PASS;
});

export const udp = xdp((ctx) => {
  // A source port that nobody can answer to.
  const dropped = ctx.packet.at(transportOf(ctx), Udp)?.source === 0;
  count(IpProtocol.UDP, dropped);
  return dropped ? XDP.DROP : XDP.PASS;
});

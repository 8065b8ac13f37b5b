// Counts packets and bytes by IP protocol, IPv4 and IPv6 together.
import { perCpuArray, sizeOf, struct, u64, xdp, XDP, type XdpContext } from "@typebpf/dsl";
import { Ethernet, EtherType, IPv4, IPv6 } from "@typebpf/dsl/net";

/** Counts what is neither IPv4 nor IPv6: 255 is no protocol (IANA keeps it reserved). */
const NOT_IP = 255;

const Counter = struct("counter", { packets: u64, bytes: u64 });

/** By protocol number. Each CPU has counters of its own, so nothing is shared and nothing waits. */
export const counters = perCpuArray({ value: Counter, maxEntries: 256 });

function protocolOf(ctx: XdpContext): number {
  const eth = ctx.packet.at(0, Ethernet);
  if (eth?.proto === EtherType.IPv4) return ctx.packet.at(sizeOf(Ethernet), IPv4)?.protocol ?? NOT_IP;
  if (eth?.proto === EtherType.IPv6) return ctx.packet.at(sizeOf(Ethernet), IPv6)?.nexthdr ?? NOT_IP;
  return NOT_IP;
}

export const count = xdp((ctx) => {
  const counter = counters.get(protocolOf(ctx));
  if (counter) {
    counter.packets += 1n;
    counter.bytes += BigInt(ctx.packet.length);
  }
  return XDP.PASS;
});

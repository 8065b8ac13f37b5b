// Lets a socket have nothing but HTTP GET requests: TCP segments over IPv4 or IPv6 whose payload begins with "GET ".
import {
  array,
  arrayMap,
  atomicAdd,
  bytesEqual,
  HeaderStart,
  sizeOf,
  type SocketFilterContext,
  socketFilter,
  struct,
  u64,
  u8,
} from "@typebpf/dsl";
import { EtherType, IPv4, IPv6, IpProtocol, Tcp } from "@typebpf/dsl/net";

/** What the filter returns is how many bytes of the packet the socket gets. */
const NOTHING = 0;

const Seen = struct("seen", { gets: u64, others: u64 });

/** At index 0: GET requests, and packets that were none. */
export const seen = arrayMap({ value: Seen, maxEntries: 1 });

/**
 * Whether the TCP segment at `start` begins a GET request; the packet ends at `end`, both from the network header on.
 * The payload often lies outside the packet's linear part, where only `loadBytes` reaches. That counts from where the
 * socket's own view begins, which is not the same for all sockets; where the packet ends, is.
 */
function isGet(ctx: SocketFilterContext, start: number, end: number): boolean {
  const tcp = ctx.loadBytesRelative(start, Tcp, HeaderStart.NET);
  if (!tcp) return false;
  const payload = end - start - tcp.doff * 4;
  if (payload < 4 || payload > ctx.len) return false;
  const method = ctx.loadBytes(ctx.len - payload, array(u8, 4));
  return method !== undefined && bytesEqual(method, "GET ");
}

function accepts(ctx: SocketFilterContext): boolean {
  if (ctx.protocol === EtherType.IPv4) {
    const ip = ctx.loadBytesRelative(0, IPv4, HeaderStart.NET);
    if (!ip || ip.protocol !== IpProtocol.TCP || (ip.fragOff & 0x1fff) !== 0) return false;
    return isGet(ctx, ip.ihl * 4, ip.totLen);
  }
  if (ctx.protocol === EtherType.IPv6) {
    const ip = ctx.loadBytesRelative(0, IPv6, HeaderStart.NET);
    if (!ip || ip.nexthdr !== IpProtocol.TCP) return false;
    return isGet(ctx, sizeOf(IPv6), sizeOf(IPv6) + ip.payloadLen);
  }
  return false;
}

export const http = socketFilter((ctx) => {
  const accepted = accepts(ctx);
  const count = seen.get(0);
  if (!accepted) {
    if (count) atomicAdd(count, "others", 1n);
    return NOTHING;
  }
  if (count) atomicAdd(count, "gets", 1n);
  return ctx.len;
});

// Balances TCP and UDP over servers, IPv4 and IPv6: a packet to a virtual address goes out again to the server that its
// flow belongs to. Only the Ethernet addresses change: each server has the virtual address too, and answers by itself.
import {
  array,
  arrayMap,
  hashMap,
  type Infer,
  offsetOf,
  perCpuArray,
  sizeOf,
  struct,
  u16,
  u16be,
  u32,
  u32be,
  u64,
  u8,
  xdp,
  XDP,
  type XdpContext,
} from "@typebpf/dsl";
import { Ethernet, EtherType, IPv4, IPv6, IpProtocol } from "@typebpf/dsl/net";

const SERVERS = 256;
const SERVERS_OF_SERVICE = 16;
/** More fragments, and the offset: only a first fragment has ports, so packets in fragments pass. */
const FRAGMENTED = 0x3fff;

/** An IPv6 address in four words; of an IPv4 address, the last of ::ffff:0:0/96. */
const Address = struct("address", { a: u32be, b: u32be, c: u32be, d: u32be });
const IPV4_MAPPED = 0xffff;

/** Source and destination, as TCP and UDP both begin. */
const Ports = struct("ports", { source: u16be, dest: u16be });
const Flow = struct("flow", { source: Address, dest: Address, ports: Ports, protocol: u16 });

const Service = struct("service", { address: Address, port: u16be, protocol: u16 });
const Group = struct("group", { first: u32, count: u32 });
const Server = struct("server", { mac: array(u8, 6), up: u16 });

/** The services, and for each the numbers of its servers: `count` of them from `first` on. */
export const services = hashMap({ key: Service, value: Group, maxEntries: 256 });
/** The servers by number. Those that are not up get nothing. */
export const servers = arrayMap({ value: Server, maxEntries: SERVERS });
/** Packets by server. */
export const forwarded = perCpuArray({ value: u64, maxEntries: SERVERS });

function mix(hash: u32, word: u32): u32 {
  const mixed = u32(Math.imul(hash ^ word, 0x9e3779b1));
  return u32(mixed ^ (mixed >>> 15));
}

function mixAddress(hash: u32, { a, b, c, d }: Infer<typeof Address>): u32 {
  return mix(mix(mix(mix(hash, a), b), c), d);
}

function hashOf({ protocol, source, dest, ports }: Infer<typeof Flow>): u32 {
  return mix(mixAddress(mixAddress(protocol, source), dest), u32((ports.source << 16) | ports.dest));
}

/** The server with the highest score for the flow, so that when one goes only its own flows move; -1 for none. */
function choose(hash: u32, { first, count }: Infer<typeof Group>): number {
  let best = -1;
  let bestScore = -1;
  for (let i = 0; i < Math.min(count, SERVERS_OF_SERVICE); i++) {
    const score = mix(mix(hash, i), 0);
    if (score > bestScore && servers.get(first + i)?.up) {
      best = first + i;
      bestScore = score;
    }
  }
  return best;
}

/** Fills in the flow; false where the packet has none that can be balanced. */
function parse(ctx: XdpContext, proto: number, flow: Infer<typeof Flow>): boolean {
  const start = sizeOf(Ethernet);
  let transport = start + sizeOf(IPv6);
  if (proto === EtherType.IPv4) {
    const ip = ctx.packet.at(start, IPv4);
    if (!ip || ip.ihl < 5 || (ip.fragOff & FRAGMENTED) !== 0) return false;
    flow.protocol = ip.protocol;
    flow.source = Address({ c: IPV4_MAPPED, d: ip.saddr });
    flow.dest = Address({ c: IPV4_MAPPED, d: ip.daddr });
    transport = start + ip.ihl * 4;
  } else if (proto === EtherType.IPv6) {
    const ip = ctx.packet.at(start, IPv6);
    const source = ctx.packet.at(start + offsetOf(IPv6, "saddr"), Address);
    const dest = ctx.packet.at(start + offsetOf(IPv6, "daddr"), Address);
    if (!ip || !source || !dest) return false;
    flow.protocol = ip.nexthdr;
    flow.source = source;
    flow.dest = dest;
  } else {
    return false;
  }
  if (flow.protocol !== IpProtocol.TCP && flow.protocol !== IpProtocol.UDP) return false;
  const ports = ctx.packet.at(transport, Ports);
  if (!ports) return false;
  flow.ports = ports;
  return true;
}

export const balance = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth) return XDP.PASS;

  const flow = Flow();
  if (!parse(ctx, eth.proto, flow)) return XDP.PASS;

  const group = services.get({ address: flow.dest, port: flow.ports.dest, protocol: flow.protocol });
  if (!group) return XDP.PASS;

  const number = choose(hashOf(flow), group);
  if (number < 0) return XDP.DROP;
  const server = servers.get(number);
  const packets = forwarded.get(number);
  if (!server || !packets) return XDP.DROP;

  packets.value += 1n;
  eth.source = eth.dest;
  eth.dest = server.mac;
  return XDP.TX;
});

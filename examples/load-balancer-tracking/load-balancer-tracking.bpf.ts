// Balances TCP and UDP over IPv4 servers, and remembers each connection: it stays with its server as servers come and go. A
// new connection gets the next server in turn; those that nobody uses any more make room by themselves. Only the Ethernet
// addresses of packets change: each server has the virtual address too, and answers by itself.
import {
  array,
  arrayMap,
  config,
  hashMap,
  type Infer,
  lruHashMap,
  sizeOf,
  struct,
  u8,
  u16,
  u16be,
  u32,
  u32be,
  u64,
  XDP,
  xdp,
  type XdpAction,
  type XdpContext,
} from "@typebpf/dsl";
import { Ethernet, EtherType, IPv4, IpProtocol, Tcp } from "@typebpf/dsl/net";

const SERVERS = 64;
/** More fragments, and the offset: only a first fragment has ports, so packets in fragments pass. */
const FRAGMENTED = 0x3fff;

const Ports = struct("ports", { source: u16be, dest: u16be });
const Flow = struct("flow", { source: u32be, dest: u32be, ports: Ports, protocol: u32 });
const Service = struct("service", { address: u32be, port: u16be, protocol: u16 });
const Server = struct("server", { mac: array(u8, 6), up: u16, connections: u64 });
const Connection = struct("connection", { server: u32, ending: u32, packets: u64, bytes: u64, lastNs: u64 });

/** How many servers there are, and how long a connection may say nothing before it is a new one. */
export const settings = config({ servers: u32, idleNs: u64 });
/** The services, each with a count of the connections that it had. */
export const services = hashMap({ key: Service, value: u32, maxEntries: 256 });
/** The servers by number. Those that are not up get no new connections. */
export const servers = arrayMap({ value: Server, maxEntries: SERVERS });
/** Connections. */
export const connections = lruHashMap({ key: Flow, value: Connection, maxEntries: 65_536 });
/** Packets of TCP connections that nobody knows. */
export const strays = arrayMap({ value: u64, maxEntries: 1 });

/** The next server in turn that is up; -1 for none. */
function nextServer(turn: u32): number {
  const { servers: count } = settings;
  if (count === 0) return -1;
  for (let i = 0; i < SERVERS; i++) {
    if (i >= count) break;
    const number = (turn + i) % count;
    if (servers.get(number)?.up) return number;
  }
  return -1;
}

/** What the header of TCP says about the life of the connection. */
interface Life {
  begins: boolean;
  ends: boolean;
}

/** Fills in flow and life; false where the packet is not to be balanced. */
function parse(ctx: XdpContext, flow: Infer<typeof Flow>, life: Life): boolean {
  const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
  if (!ip || ip.ihl < 5 || (ip.fragOff & FRAGMENTED) !== 0) return false;
  const transport = sizeOf(Ethernet) + ip.ihl * 4;
  flow.protocol = ip.protocol;
  flow.source = ip.saddr;
  flow.dest = ip.daddr;
  const ports = ctx.packet.at(transport, Ports);
  if (!ports) return false;
  flow.ports = ports;
  if (flow.protocol === IpProtocol.UDP) return true;
  if (flow.protocol !== IpProtocol.TCP) return false;
  const tcp = ctx.packet.at(transport, Tcp);
  if (!tcp) return false;
  life.begins = tcp.syn === 1 && tcp.ack === 0;
  life.ends = tcp.fin === 1 || tcp.rst === 1;
  return true;
}

/** Sends the packet to a server. */
function forward(ctx: XdpContext, number: number): XdpAction {
  const server = servers.get(number);
  const eth = ctx.packet.at(0, Ethernet);
  if (!server || !eth) return XDP.DROP;
  eth.source = eth.dest;
  eth.dest = server.mac;
  return XDP.TX;
}

export const balance = xdp((ctx) => {
  if (ctx.packet.at(0, Ethernet)?.proto !== EtherType.IPv4) return XDP.PASS;
  const flow = Flow();
  const life: Life = { begins: false, ends: false };
  if (!parse(ctx, flow, life)) return XDP.PASS;
  const turn = services.get({ address: flow.dest, port: flow.ports.dest, protocol: u16(flow.protocol) });
  if (!turn) return XDP.PASS;

  const now = ctx.ktimeGetNs();
  const length = u64(ctx.packet.length);
  const known = connections.get(flow);
  if (known && !life.begins && now - known.lastNs <= settings.idleNs) {
    known.packets += 1n;
    known.bytes += length;
    known.lastNs = now;
    if (life.ends) known.ending = 1;
    return forward(ctx, known.server);
  }
  if (flow.protocol === IpProtocol.TCP && !life.begins) {
    const count = strays.get(0);
    if (count) count.value += 1n;
    return XDP.DROP;
  }

  const number = nextServer(turn.value);
  if (number < 0) return XDP.DROP;
  turn.value = u32(turn.value + 1);
  const server = servers.get(number);
  if (!server) return XDP.DROP;
  server.connections += 1n;
  connections.set(flow, { server: u32(number), packets: 1n, bytes: length, lastNs: now });
  return forward(ctx, number);
});

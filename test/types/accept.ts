// What the DSL's types must accept; reject.ts has what they must refuse. Checked by types.test.ts, never run.
import {
  type ArrayMap,
  array,
  arrayMap,
  atomicAdd,
  atomicAnd,
  atomicCompareExchange,
  atomicExchange,
  atomicOr,
  atomicXor,
  bits,
  bytesEqual,
  CsumReplace,
  type HashMap,
  HeaderStart,
  hashMap,
  type Infer,
  type Init,
  type i32,
  i64,
  lpmTrie,
  lruHashMap,
  lruPerCpuHashMap,
  MapUpdate,
  offsetOf,
  type Prefix,
  perCpuArray,
  perCpuHashMap,
  Redirect,
  type Ref,
  type SocketFilterContext,
  StoreBytes,
  sizeOf,
  socketFilter,
  struct,
  TC,
  type TcAction,
  type TcContext,
  tc,
  u8,
  type u16,
  u16be,
  u32,
  u32be,
  u64,
  XDP,
  type XdpAction,
  type XdpContext,
  xdp,
} from "@typebpf/dsl";
import {
  Arp,
  ArpOperation,
  Ethernet,
  EtherType,
  Icmp,
  Icmpv6,
  IPv4,
  IPv6,
  IpProtocol,
  Tcp,
  Udp,
} from "@typebpf/dsl/net";

/** Fails to check unless A and B are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_T extends true>(): void {}

// A narrow integer widens freely, and a plain number fits everywhere.
declare const byte: u8;
declare const half: u16;
const wider: u16 = byte;
const widest: u32 = half;
const signed: i32 = half;
const plain: u8 = 1;
const sum: number = wider + widest + signed + plain;
const cast: u8 = u8(sum);
const low: u32 = u32(10n);
const wide: u64 = u64(low);
const signedWide: i64 = i64(cast);

// Schemas and what is inferred from them.
const Pair = struct("pair", { left: u32be, right: u64 });
const Flow = struct("flow", { src: array(u32, 4), dst: array(u32, 4), ports: array(u16be, 2), pair: Pair });
const Bits = struct("bits", {
  low: bits(u8, 4),
  high: bits(u8, 4),
  middle: bits(u16be, 12),
  word: bits(u32be, 20),
  rest: bits(u32be, 12),
});
holds<Same<Infer<typeof Pair>, { left: u32; right: u64 }>>();
holds<Same<Ref<typeof u16be>["value"], u16>>();
holds<Same<Infer<typeof Bits>, { low: u8; high: u8; middle: u16; word: u32; rest: u16 }>>();
holds<Same<Infer<typeof Flow>["src"]["length"], 4>>();
const size: number =
  sizeOf(Flow) + offsetOf(Flow, "dst") + Flow.size + Pair.fields.left.layout.size + array(u8, 6).length;

// Initialisers: in part, from literals, from refs, nested.
const flow = Flow({ src: [1, 2], dst: Flow().src, pair: { right: 1n } });
const words = array(u32, 4)([1, 2, 3, 4]);
const long = array(u8, 1500)([1, 2, 3]);
const init: Init<Infer<typeof Flow>> = { ports: [80, 443] };
const copy = Flow(flow);
flow.src = words;
flow.pair = copy.pair;
flow.pair.right += wide;
const spread = { ...flow, dst: words };
Object.assign(flow, spread);
export const used = [size, long, init, signedWide];

// Maps: struct keys and values, partial literals, updates, and types a loader can take apart.
const hash = hashMap({ key: Pair, value: Flow, maxEntries: 16, flags: 1 });
const lru = lruHashMap({ key: array(u8, 16), value: u64, maxEntries: 16 });
const slots = arrayMap({ value: u64, maxEntries: 4 });
const cpus = perCpuArray({ value: Pair, maxEntries: 4 });
const perSource = perCpuHashMap({ key: u32be, value: Pair, maxEntries: 4 });
const recent = lruPerCpuHashMap({ key: array(u8, 16), value: u64, maxEntries: 4 });
const rules = lpmTrie({ key: u32be, value: Pair, maxEntries: 4 });
const zones = lpmTrie({
  key: struct("zone", { id: u32, address: array(u8, 16) }),
  value: u32,
  maxEntries: 4,
  flags: 1,
});
holds<Same<Infer<(typeof rules)["key"]>, Prefix<u32>>>();
holds<Same<typeof slots, ArrayMap<u64>>>();
type Entry<M> = M extends HashMap<infer K, infer V> ? { key: K; value: V } : never;
holds<Same<Entry<typeof hash>["key"], { left: u32; right: u64 }>>();
const status: number = hash.set({ left: 1, right: 2n }, { src: words, pair: { left: 3 } }, MapUpdate.NOEXIST);
const gone: number = hash.delete({ left: 1 });
const type: "hash" = hash.type;

// A parser with helpers of its own, typed by schema and by name.
function ports(header: Tcp | Udp): u32 {
  return u32(header.source << 16) | header.dest;
}
function source(ip: Ref<typeof IPv4>): u32 {
  return ip.saddr;
}
function verdict(ctx: XdpContext, drop: boolean): XdpAction {
  return drop ? XDP.DROP : ctx.redirect(1);
}

export const filter = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth) return XDP.ABORTED;
  switch (eth.proto) {
    case EtherType.IPv4: {
      const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
      if (!ip) return XDP.DROP;
      const at = sizeOf(Ethernet) + ip.ihl * 4;
      const header = ip.protocol === IpProtocol.TCP ? ctx.packet.at(at, Tcp) : ctx.packet.at(at, Udp);
      const seen = lru.get(ctx.packet.at(0, array(u8, 16)) ?? []);
      if (seen) atomicAdd(seen, "value", 1n);
      return verdict(ctx, ports(header ?? Udp()) === 0 && source(ip) === 0);
    }
    case EtherType.IPv6: {
      const hops: u8 = ctx.packet.at(sizeOf(Ethernet), IPv6)?.hopLimit ?? 0;
      const icmp = ctx.packet.at(sizeOf(Ethernet) + sizeOf(IPv6), Icmpv6) ?? ctx.packet.at(sizeOf(Ethernet), Icmp);
      return hops < 1 || icmp?.type === 0 ? XDP.DROP : XDP.PASS;
    }
    case EtherType.ARP:
      return ctx.packet.at(sizeOf(Ethernet), Arp)?.op === ArpOperation.REQUEST ? XDP.PASS : XDP.DROP;
  }
  const value = slots.get(0);
  if (value && slots.has(0)) value.value += BigInt(ctx.packet.length) + ctx.ktimeGetNs();
  const counter = cpus.get(ctx.rxQueueIndex);
  if (counter) {
    counter.left += 1;
    atomicAdd(counter, "right", BigInt(ctx.ingressIfindex));
    const before: bigint = atomicOr(counter, "right", 1n) + atomicAnd(counter, "right", 3n);
    if (atomicCompareExchange(counter, "right", before, 0n) === before) atomicXor(counter, "right", 1n);
    atomicExchange(counter, "right", 5n);
  }
  const rule = rules.get({ prefixLength: 32, address: ctx.ingressIfindex });
  if (rule && !rules.has({ prefixLength: byte, address: low })) rule.left += 1;
  const kept = rules.set({ prefixLength: 8, address: 0x0a000000 }, { right: 1n }, MapUpdate.EXIST);
  const zone = zones.get({ prefixLength: 160, address: { id: 1, address: [0x20] } });
  if (zone) zone.value = kept + zones.delete({ prefixLength: 0, address: {} });
  const own = perSource.get(1);
  const last = recent.get([0xfe, 0x80]);
  if (own && last && recent.delete([]) === 0) own.right += last.value;
  eth.source = eth.dest;
  eth.dest[0] = u8(ctx.getPrandomU32());
  return status + gone === 0 && type === "hash" ? XDP.TX : XDP.PASS;
});

// Traffic control and socket filters: fields that are written, helpers that fill and read memory, contexts by name.
function paint(ctx: TcContext, mark: u32): TcAction {
  ctx.mark = mark;
  ctx.priority += 1;
  ctx.cb[4] = ctx.tcIndex;
  ctx.tstamp += 1n;
  return mark === 0 ? ctx.redirect(2, Redirect.INGRESS) : ctx.redirect(2);
}

export const rewrite = tc((ctx) => {
  const ip = ctx.loadBytes(sizeOf(Ethernet), IPv4);
  const first = ctx.loadBytesRelative(0, u8, HeaderStart.NET);
  if (!ip || !first || ctx.protocol !== EtherType.IPv4) return TC.UNSPEC;
  const version: u8 = first.value;
  if (ctx.storeBytes(26, ip, StoreBytes.RECOMPUTE_CSUM) !== 0) return TC.SHOT;
  if (ctx.l4CsumReplace(40, 1, 2, 2 | CsumReplace.PSEUDO_HDR) !== 0 || ctx.pullData(0) !== 0) return TC.SHOT;
  const difference: i64 = ctx.csumDiff(undefined, ip, 0);
  return difference === 0n ? TC.OK : paint(ctx, version);
});

function wanted(ctx: SocketFilterContext): boolean {
  const method = ctx.loadBytes(40, array(u8, 4));
  return method !== undefined && bytesEqual(method, "GET ");
}
export const web = socketFilter((ctx) => (wanted(ctx) ? ctx.len : 0));

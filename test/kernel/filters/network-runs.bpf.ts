// Programs of the network for runs on both back ends: each tells what it sees.
import { arrayMap, cgroupSkb, Flow, flowDissector, LWT, lwtIn, lwtOut, lwtXmit, NF, netfilter, SK, schedAct, skLookup, TC, u32, u64 } from "@typebpf/dsl";
import { IPv4 } from "@typebpf/dsl/net";

export const seen = arrayMap({ value: u64, maxEntries: 4 });

function note(at: u32, value: u64): void {
  const place = seen.get(at);
  if (place) place.value = value;
}

export const act = schedAct((ctx) => {
  note(0, u64(ctx.protocol));
  note(1, u64(ctx.packet.length));
  ctx.mark = 7;
  ctx.cb[1] = ctx.mark + 1;
  const first = ctx.packet.at(0, u32);
  if (first) first.value = 0x01020304;
  return ctx.len > 60 ? TC.SHOT : TC.PIPE;
});

export const lwtInput = lwtIn((ctx) => {
  const ip = ctx.packet.at(0, IPv4);
  note(0, ip ? u64(ip.saddr) : 0n);
  note(1, u64(ctx.len));
  ctx.mark = 9;
  return ip?.protocol === 17 ? LWT.DROP : LWT.OK;
});

export const lwtOutput = lwtOut((ctx) => {
  note(0, u64(ctx.packet.length));
  ctx.priority = 3;
  return LWT.REROUTE;
});

export const lwtSend = lwtXmit((ctx) => {
  const ip = ctx.packet.at(0, IPv4);
  if (!ip) return LWT.DROP;
  note(0, u64(ip.ttl));
  ip.ttl = 5;
  return LWT.OK;
});

export const inGroup = cgroupSkb.ingress((ctx) => {
  note(0, u64(ctx.len));
  note(1, u64(ctx.protocol));
  ctx.mark = 4;
  return ctx.len > 40 ? 0 : 1;
});

export const dissect = flowDissector((ctx) => {
  const keys = ctx.flowKeys;
  note(0, u64(keys.nhoff));
  note(1, u64(keys.nProto));
  note(2, u64(keys.flags));
  const ip = ctx.packet.at(14, IPv4);
  if (!ip) return Flow.DROP;
  keys.addrProto = 0x800;
  keys.ipProto = ip.protocol;
  keys.ipv4Src = ip.saddr;
  keys.ipv4Dst = ip.daddr;
  keys.thoff = 0xfff0;
  keys.sport = 53;
  keys.flowLabel = 0x12345;
  return Flow.OK;
});

export const look = skLookup((ctx) => {
  note(0, u64(ctx.localPort));
  note(1, u64(ctx.remotePort));
  note(2, ctx.family === 2 ? u64(ctx.remoteIp4) : u64(ctx.localIp6[3]));
  note(3, u64(ctx.protocol));
  return ctx.localPort === 53 ? SK.DROP : SK.PASS;
});

export const hook = netfilter(() => NF.DROP);

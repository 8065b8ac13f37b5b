// Tries and per-CPU hash maps: the longest prefix counts, entries are made and removed by exactly one prefix, IPv6
// prefixes and prefixes behind a native member; a CPU's own copy is changed in place.
// not javascript: maps live in the kernel or the simulator
//
// run route
//   packet: 0a010203
//   given routes: 08000000 0a000000 = 01000000
//   given routes: 10000000 0a010000 = 02000000
//   given routes: 18000000 0a010300 = 03000000
//   returns: PASS
//   out: 0a010203 02
//   after routes: 08000000 0a000000 = 01000000
//   after routes: 10000000 0a010000 = 0c000000
//   after routes: 18000000 0a010300 = 03000000
// run route
//   packet: 0b010203
//   given routes: 08000000 0a000000 = 01000000
//   returns: DROP
// run route
//   packet: c0000201
//   given routes: 00000000 00000000 = 07000000
//   returns: PASS
//   out: c0000201 07
//   after routes: 00000000 00000000 = 11000000
// run learn
//   packet: 0a000000 08
//   returns: PASS
//   out: 0000 0000 efff feff 0100 0000 eaff
//   after routes: 08000000 0a000000 = 05000000
// run learn
//   packet: 0a000000 21
//   returns: PASS
//   out: eaff eaff eaff feff 0000 0000 eaff
// run learn
//   packet: 0a000000 08
//   given routes: 08000000 0b000000 = 01000000
//   given routes: 08000000 0c000000 = 01000000
//   given routes: 08000000 0d000000 = 01000000
//   given routes: 08000000 0e000000 = 01000000
//   returns: PASS
//   out: e4ff e4ff e4ff feff 0000 0000 eaff
//   after routes: 08000000 0b000000 = 01000000
//   after routes: 08000000 0c000000 = 01000000
//   after routes: 08000000 0d000000 = 01000000
//   after routes: 08000000 0e000000 = 01000000
// run zone
//   packet: 00 20010db8000000000000000000000001
//   given zones: 40000000 07000000 20010db8000000000000000000000000 = 0100
//   given zones: 48000000 07000000 20000000000000000000000000000000 = 0200
//   returns: PASS
//   out: 01
// run zone
//   packet: 00 fe800000000000000000000000000001
//   given zones: 20000000 08000000 00000000000000000000000000000000 = 0100
//   returns: DROP
// run sources
//   packet: 0a000001
//   returns: TX
//   after bySource: 0a000001 = 0100000000000000 4000000000000000
//   after recent: 0a000001 = 09000000
// run sources
//   packet: 0a000001
//   given bySource: 0a000001 = 0200000000000000 0100000000000000
//   given recent: 0a000002 = 01000000
//   returns: PASS
//   after bySource: 0a000001 = 0300000000000000 4100000000000000
//   after recent: 0a000001 = 09000000
import { array, i16, lpmTrie, lruPerCpuHashMap, MapUpdate, perCpuHashMap, struct, u16, u32, u32be, u64, u8, xdp, XDP } from "@typebpf/dsl";

export const routes = lpmTrie({ key: u32be, value: u32, maxEntries: 4 });

export const route = xdp((ctx) => {
  const address = ctx.packet.at(0, u32be);
  const out = ctx.packet.at(4, u8);
  if (!address || !out) return XDP.ABORTED;
  const found = routes.get({ prefixLength: 32, address: address.value });
  if (!found) return XDP.DROP;
  out.value = u8(found.value);
  found.value += 10;
  return XDP.PASS;
});

const Learn = struct("learn", { address: u32be, bits: u8 });
const Statuses = array(i16, 7);

export const learn = xdp((ctx) => {
  const head = ctx.packet.at(0, Learn);
  const out = ctx.packet.at(0, Statuses);
  if (!head || !out) return XDP.ABORTED;
  const prefix = { prefixLength: head.bits, address: head.address };
  const first = routes.set(prefix, 4);
  const again = routes.set(prefix, 5, MapUpdate.ANY);
  const once = routes.set(prefix, 6, MapUpdate.NOEXIST);
  const missing = routes.delete({ prefixLength: 7, address: 0x0a000000 });
  const shorter = routes.has({ prefixLength: 7, address: 0x0a000000 });
  const longer = routes.has({ prefixLength: 9, address: 0x0a000000 });
  const invalid = routes.delete({ prefixLength: 40, address: 0 });
  out[0] = i16(first);
  out[1] = i16(again);
  out[2] = i16(once);
  out[3] = i16(missing);
  out[4] = longer ? 1 : 0;
  out[5] = shorter ? 1 : 0;
  out[6] = i16(invalid);
  return XDP.PASS;
});

const Zone = struct("zone", { id: u32, address: array(u8, 16) });
export const zones = lpmTrie({ key: Zone, value: u16, maxEntries: 4 });

export const zone = xdp((ctx) => {
  const out = ctx.packet.at(0, u8);
  const address = ctx.packet.at(1, array(u8, 16));
  if (!out || !address) return XDP.ABORTED;
  const found = zones.get({ prefixLength: 160, address: { id: 7, address } });
  if (!found) return XDP.DROP;
  out.value = u8(found.value);
  return XDP.PASS;
});

const Stat = struct("stat", { packets: u64, bytes: u64 });
export const bySource = perCpuHashMap({ key: u32be, value: Stat, maxEntries: 4 });
export const recent = lruPerCpuHashMap({ key: u32be, value: u32, maxEntries: 64 });

export const sources = xdp((ctx) => {
  const address = ctx.packet.at(0, u32be);
  if (!address) return XDP.ABORTED;
  const key = address.value;
  const seen = bySource.get(key);
  if (recent.has(0x0a000002)) recent.delete(0x0a000002);
  recent.set(key, 9);
  if (!seen) {
    bySource.set(key, { packets: 1n, bytes: BigInt(ctx.packet.length) });
    return XDP.TX;
  }
  seen.packets += 1n;
  seen.bytes += BigInt(ctx.packet.length);
  return XDP.PASS;
});

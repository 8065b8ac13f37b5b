// Maps: get, has, set, delete with scalar and struct keys, values changed in place, flags and error numbers, nested values,
// atomics.
// not javascript: maps live in the kernel or the simulator
//
// run count
//   packet: 0a000001
//   given hits: 0a000001 = 0500000000000000
//   returns: DROP
//   after hits: 0a000001 = 0600000000000000
// run count
//   packet: 0a000002
//   given hits: 0a000001 = ffffffffffffffff
//   returns: PASS
//   after hits: 0a000001 = ffffffffffffffff
//   after hits: 0a000002 = 0100000000000000
// run count
//   packet: 0a000001
//   given hits: 0a000001 = ffffffffffffffff
//   returns: DROP
//   after hits: 0a000001 = 0000000000000000
// run status
//   given hits: 00000007 = 0100000000000000
//   out: ef ff fe ff 00 00 00 00 fe ff 01 00 f9 ff
//   returns: PASS
//   after hits: 00000007 = 0200000000000000
// run track
//   packet: 01020304 0a0b
//   returns: PASS
//   after flows: 01020304 0a0b 11 00 = 0100000000000000 00000000 04030201
// run track
//   packet: 01020304 0a0b
//   given flows: 01020304 0a0b 11 00 = 0500000000000000 09000000 00000000
//   returns: TX
//   after flows: 01020304 0a0b 11 00 = 0600000000000000 0a000000 01020304
// run slots
//   packet: 02 05
//   given table: 02000000 = 00000000 00000000 00000000 0000 0000 0000 0000 00000000
//   returns: PASS
//   after table: 02000000 = 00000000 05000000 00000000 0000 0500 0000 0000 01020304
// run slots
//   packet: 07 01
//   returns: DROP
//   after table: empty
// run counters
//   packet: 01 02
//   given stats: 01000000 = 0100000000000000 0a00000000000000
//   returns: PASS
//   after stats: 01000000 = 0200000000000000 4a00000000000000
// run atomics
//   given totals: 00000000 = 0a00000000000000 ffffffff 05000000
//   returns: TX
//   out: 0a00000000000000 ffffffff
//   after totals: 00000000 = 0f00000000000000 01000000 06000000
// run recent
//   packet: 00000000 00000001
//   returns: PASS
//   after cache: 00000000000000000000000000000001 = 2a
// run keys
//   packet: 1234 0050
//   given ports: 1234 = 01
//   given ports: 0050 = 02
//   returns: PASS
//   out: 1234 0050 02
//   after ports: 0050 = 03
// run literal
//   packet: 07
//   returns: PASS
//   after flows: 00000000 0000 00 07 = 0000000000000000 00000000 78563412
//   after table: 01000000 = 07000000 00000000 00000000 0100 0200 0000 0000 00000000
// run values
//   given totals: 01000000 = 0100000000000000 02000000 03000000
//   returns: PASS
//   after totals: 01000000 = 0100000000000000 02000000 03000000
//   after totals: 02000000 = 0100000000000000 02000000 03000000
//   after totals: 03000000 = 0100000000000000 63000000 03000000
import { array, arrayMap, atomicAdd, hashMap, i16, lruHashMap, MapUpdate, perCpuArray, struct, u16, u16be, u32, u32be, u64, u8, xdp, XDP } from "@typebpf/dsl";

export const hits = hashMap({ key: u32be, value: u64, maxEntries: 4 });

export const count = xdp((ctx) => {
  const address = ctx.packet.at(0, u32be);
  if (!address) return XDP.ABORTED;
  const entry = hits.get(address.value);
  if (entry) {
    entry.value += 1n;
    return XDP.DROP;
  }
  return hits.set(address.value, 1n) === 0 ? XDP.PASS : XDP.ABORTED;
});

const Status = struct("status", { codes: array(i16, 7) });

export const status = xdp((ctx) => {
  const out = ctx.packet.at(0, Status);
  if (!out) return XDP.ABORTED;
  out.codes[0] = i16(hits.set(7, 9n, MapUpdate.NOEXIST));
  out.codes[1] = i16(hits.set(8, 9n, MapUpdate.EXIST));
  out.codes[2] = i16(hits.set(7, 2n, MapUpdate.EXIST));
  out.codes[3] = i16(hits.delete(9) + 2);
  out.codes[4] = i16(hits.delete(9));
  out.codes[5] = hits.has(7) && !hits.has(8) ? 1 : 0;
  hits.set(1, 1n);
  hits.set(2, 1n);
  hits.set(3, 1n);
  out.codes[6] = i16(hits.set(4, 1n));
  hits.delete(1);
  hits.delete(2);
  hits.delete(3);
  return XDP.PASS;
});

const Flow = struct("flow", { address: u32be, port: u16be, protocol: u8, family: u8 });
const Stats = struct("stats", { packets: u64, bytes: u32, last: u32be });
export const flows = hashMap({ key: Flow, value: Stats, maxEntries: 16 });
const Endpoint = struct("endpoint", { address: u32be, port: u16be });

export const track = xdp((ctx) => {
  const endpoint = ctx.packet.at(0, Endpoint);
  if (!endpoint) return XDP.ABORTED;
  const flow = Flow({ address: endpoint.address, port: endpoint.port, protocol: 0x11 });
  const found = flows.get(flow);
  if (!found) {
    flows.set({ ...endpoint, protocol: 17, family: 0 }, { packets: 1n, last: 0x04030201 });
    return XDP.PASS;
  }
  found.packets += 1n;
  found.bytes += 1;
  found.last = endpoint.address;
  return XDP.TX;
});

export const recent = xdp((ctx) => {
  const high = ctx.packet.at(0, u32be);
  const low = ctx.packet.at(4, u32be);
  if (!high || !low) return XDP.ABORTED;
  const key = array(u8, 16)();
  key[15] = u8(low.value);
  key[7] = u8(high.value);
  if (cache.set(key, 0x2a) !== 0) return XDP.DROP;
  const found = cache.get(key);
  if (!found || found.value !== 0x2a) return XDP.TX;
  return XDP.PASS;
});
export const cache = lruHashMap({ key: array(u8, 16), value: u8, maxEntries: 64 });

const Row = struct("row", { words: array(u32, 3), shorts: array(u16, 4), address: u32be });
export const table = arrayMap({ value: Row, maxEntries: 4 });

export const slots = xdp((ctx) => {
  const index = ctx.packet.at(0, u8);
  const value = ctx.packet.at(1, u8);
  if (!index || !value) return XDP.ABORTED;
  const row = table.get(index.value);
  if (!row) return XDP.DROP;
  if (value.value < 3) row.words[value.value] = 1;
  row.words[1] = value.value;
  row.shorts[value.value & 3] = value.value;
  row.address = 0x01020304;
  return table.has(4) || !table.has(3) ? XDP.TX : XDP.PASS;
});

const Counter = struct("counter", { packets: u64, bytes: u64 });
export const stats = perCpuArray({ value: Counter, maxEntries: 4 });

export const counters = xdp((ctx) => {
  const index = ctx.packet.at(0, u8);
  if (!index) return XDP.ABORTED;
  const counter = stats.get(index.value);
  if (!counter) return XDP.DROP;
  counter.packets++;
  counter.bytes += BigInt(ctx.packet.length);
  return XDP.PASS;
});

const Total = struct("total", { wide: u64, word: u32, other: u32 });
export const totals = arrayMap({ value: Total, maxEntries: 4 });
const Old = struct("old", { wide: u64, word: u32 });

export const atomics = xdp((ctx) => {
  const out = ctx.packet.at(0, Old);
  const total = totals.get(0);
  if (!out || !total) return XDP.ABORTED;
  out.wide = atomicAdd(total, "wide", 5n);
  out.word = atomicAdd(total, "word", 2);
  atomicAdd(total, "other", 1);
  return total.word === 1 ? XDP.TX : XDP.PASS;
});

export const ports = hashMap({ key: u16be, value: u8, maxEntries: 8 });

export const keys = xdp((ctx) => {
  const source = ctx.packet.at(0, u16be);
  const dest = ctx.packet.at(2, u16be);
  const out = ctx.packet.at(4, u8);
  if (!source || !dest || !out) return XDP.ABORTED;
  const http = ports.get(80);
  if (!http) return XDP.DROP;
  out.value = http.value;
  if (dest.value === 80) http.value++;
  ports.delete(source.value);
  return ports.has(source.value) ? XDP.TX : XDP.PASS;
});

export const literal = xdp((ctx) => {
  const byte = ctx.packet.at(0, u8);
  if (!byte) return XDP.ABORTED;
  flows.set({ family: byte.value }, { last: 0x78563412 });
  table.set(1, { words: [byte.value], shorts: [1, 2] });
  const stored = flows.get({ family: byte.value });
  return stored && stored.last === 0x78563412 && stored.packets === 0n ? XDP.PASS : XDP.DROP;
});

export const values = xdp(() => {
  const total = totals.get(1);
  if (!total) return XDP.ABORTED;
  totals.set(2, total);
  totals.set(3, { ...total, word: 99 });
  return XDP.PASS;
});

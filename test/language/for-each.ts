// map.forEach(body): sums and maxima, early ends, deletion of what is visited, walks in loops and in walks, keys that are structs,
// per-CPU maps, the context and packet refs in bodies.
//
// sweep sums: u8 u32
// sweep expiry: u8 u8
// sweep stops: u8 u8
// sweep structs: u8 u16
// sweep nested: u8
// sweep perCpu: u8 u32
// sweep packets: u8 u8
// sweep functions: u8 u8
// sweep outside: u8 u32
import {
  array,
  arrayMap,
  bytesEqual,
  hashMap,
  i32,
  lruHashMap,
  lruPerCpuHashMap,
  noinline,
  perCpuArray,
  perCpuHashMap,
  struct,
  u16,
  u16be,
  u32,
  u32be,
  u64,
  u8,
  xdp,
  XDP,
} from "@typebpf/dsl";

export const table = hashMap({ key: u32, value: u32, maxEntries: 64 });
export const cells = arrayMap({ value: u32, maxEntries: 8 });

const Sums = struct("sums", { n: u8, seed: u32, sum: u32, most: u32, at: u32, count: u32, visited: u32 });

export const sums = xdp((ctx) => {
  const s = ctx.packet.at(0, Sums);
  if (!s) return XDP.ABORTED;
  const n = s.n & 15;
  for (let i = 0; i < n; i++) table.set(i * 7, Math.imul(s.seed, i + 1) >>> 0);
  let sum = 0;
  let most = -1;
  let at = 0;
  let count = 0;
  const visited = table.forEach((key, entry) => {
    sum = (sum + entry.value) >>> 0;
    count++;
    if (entry.value > most || (entry.value === most && key < at)) {
      most = entry.value;
      at = key;
    }
    entry.value = u32(entry.value + 1);
  });
  let later = 0;
  table.forEach((key, { value }) => {
    later = (later + value * 2 + key) >>> 0;
  });
  for (let i = 0; i < n; i++) table.delete(i * 7);
  s.sum = (sum + later) >>> 0;
  s.most = most >>> 0;
  s.at = at;
  s.count = u32(count);
  s.visited = visited;
  return visited === n ? XDP.PASS : XDP.DROP;
});

const Expiry = struct("expiry", { n: u8, limit: u8, removed: u32, left: u32, again: u32 });
export const ages = lruHashMap({ key: u16be, value: struct("age", { seen: u8, hits: u32 }), maxEntries: 64 });

export const expiry = xdp((ctx) => {
  const s = ctx.packet.at(0, Expiry);
  if (!s) return XDP.ABORTED;
  const { limit } = s;
  const n = s.n & 15;
  for (let i = 0; i < n; i++) ages.set(i + 250, { seen: u8(i * 17), hits: i });
  let removed = 0;
  ages.forEach((key, age) => {
    if (age.seen < limit && ages.delete(key) === 0) removed += age.hits & 15;
  });
  let left = 0;
  s.again = ages.forEach((key) => {
    left = (left + key) & 0xffff;
  });
  for (let i = 0; i < n; i++) ages.delete(i + 250);
  s.removed = u32(removed);
  s.left = left;
  return XDP.PASS;
});

const Stops = struct("stops", { stop: u8, seed: u8, visited: u32, sum: u32 });

export const stops = xdp((ctx) => {
  const s = ctx.packet.at(0, Stops);
  if (!s) return XDP.ABORTED;
  const { stop } = s;
  for (let i = 0; i < 8; i++) cells.set(i, s.seed + i);
  let sum = 0;
  const seen = array(u8, 8)();
  s.visited = cells.forEach((index, cell) => {
    if (index === (stop & 15)) return false;
    if (index % 3 === 1) return;
    seen[index] = u8(cell.value);
    sum += cell.value & 0xffff;
    return index < 6;
  });
  s.sum = u32(sum) + (seen[3] ?? 0) + (seen[6] ?? 0);
  return cells.forEach(() => false) === 1 ? XDP.PASS : XDP.DROP;
});

const Flow = struct("flow", { saddr: u32be, ports: array(u16be, 2), kind: u8 });
const Stats = struct("stats", { packets: u64, delta: i32 });
export const flows = hashMap({ key: Flow, value: Stats, maxEntries: 64 });
const Structs = struct("structs", { n: u8, port: u16, packets: u64, delta: i32, found: u8, gone: u32 });

export const structs = xdp((ctx) => {
  const s = ctx.packet.at(0, Structs);
  if (!s) return XDP.ABORTED;
  const { port } = s;
  const n = s.n & 7;
  for (let i = 0; i < n; i++)
    flows.set({ saddr: i, ports: [port, u16(port + i)], kind: i & 1 }, { packets: BigInt(i), delta: -i });
  let packets = 0n;
  let delta = 0;
  let found = 0;
  flows.forEach((flow, stats) => {
    packets += stats.packets + BigInt(flow.ports[1]);
    delta = (delta + stats.delta) | 0;
    if (flow.saddr === 3) {
      const copy = { ...flow, kind: 1 };
      if (flows.has(copy)) found = 1;
    }
    if (flow.kind === 1) flows.delete(flow);
    stats.packets += 1n;
  });
  s.packets = packets;
  s.delta = delta;
  s.found = found;
  s.gone = flows.forEach((flow) => {
    flows.delete(flow);
  });
  return flows.forEach(() => undefined) === 0 ? XDP.PASS : XDP.DROP;
});

const Nested = struct("nested", { n: u8, pairs: u32, sum: u32 });

export const nested = xdp((ctx) => {
  const s = ctx.packet.at(0, Nested);
  if (!s) return XDP.ABORTED;
  const n = s.n & 7;
  for (let i = 0; i < 8; i++) cells.set(i, i * n);
  let pairs = 0;
  let sum = 0;
  for (let turn = 0; turn < n; turn++) {
    cells.forEach((i, one) => {
      let own = 0;
      cells.forEach((j, other) => {
        if (j > i) return false;
        if (other.value < one.value) pairs++;
        own += other.value & 0xff;
        return true;
      });
      sum = (sum + own) >>> 0;
      one.value = u32(one.value + turn);
    });
  }
  s.pairs = u32(pairs);
  s.sum = sum;
  return XDP.PASS;
});

export const own = perCpuArray({ value: u32, maxEntries: 4 });
export const ownByKey = perCpuHashMap({ key: u64, value: u32, maxEntries: 8 });
export const ownUsed = lruPerCpuHashMap({ key: array(u8, 4), value: u64, maxEntries: 64 });
const PerCpu = struct("per_cpu", { n: u8, seed: u32, sum: u32, keys: u64, matched: u32 });

export const perCpu = xdp((ctx) => {
  const s = ctx.packet.at(0, PerCpu);
  if (!s) return XDP.ABORTED;
  const { seed } = s;
  const n = s.n & 3;
  for (let i = 0; i < 4; i++) own.set(i, seed);
  let sum = 0;
  own.forEach((index, cell) => {
    cell.value = (cell.value + index) >>> 0;
    sum = (sum + cell.value) >>> 0;
  });
  for (let i = 0; i < n; i++) {
    ownByKey.set(BigInt(i) << 40n, i);
    ownUsed.set([1, 2, 3, u8(i)], 5n);
  }
  let keys = 0n;
  ownByKey.forEach((key, cell) => {
    keys += key + u64(cell.value);
    ownByKey.delete(key);
  });
  let matched = 0;
  ownUsed.forEach((key, cell) => {
    if (bytesEqual(key, [1, 2, 3, 1])) matched += 16;
    cell.value += BigInt(key[3]);
    matched += Number(cell.value & 15n);
    ownUsed.delete(key);
  });
  s.sum = sum;
  s.keys = keys;
  s.matched = u32(matched);
  return XDP.PASS;
});

const Packets = struct("packets", { at: u8, mask: u8, sum: u32, length: u32 });

export const packets = xdp((ctx) => {
  const s = ctx.packet.at(0, Packets);
  if (!s) return XDP.ABORTED;
  const { at, mask } = s;
  for (let i = 0; i < 8; i++) cells.set(i, i);
  let sum = 0;
  let length = 0;
  cells.forEach((index, cell) => {
    const byte = ctx.packet.at((at + index) & mask, u8);
    if (!byte) return false;
    sum += byte.value;
    length = ctx.packet.length;
    cell.value = u32(cell.value + byte.value);
    return true;
  });
  s.sum = u32(sum);
  s.length = length;
  return sum > 0 ? XDP.PASS : XDP.TX;
});

const Functions = struct("functions", { n: u8, limit: u8, large: u32, sum: u32 });
const mix = noinline((a: number, b: number) => (Math.imul(a ^ b, 0x9e3779b1) + b) >>> 0);

function largerThan(limit: number): number {
  let count = 0;
  cells.forEach((_, cell) => {
    if (cell.value > limit) count += 1;
  });
  return count;
}

const sumOf = noinline((seed: number) => {
  let sum = seed;
  cells.forEach((index, { value }) => {
    sum = mix(sum, value + index);
  });
  return sum;
});

export const functions = xdp((ctx) => {
  const s = ctx.packet.at(0, Functions);
  if (!s) return XDP.ABORTED;
  for (let i = 0; i < 8; i++) cells.set(i, (s.n + i * 40) & 0xff);
  s.large = u32(largerThan(s.limit) * 16 + largerThan(100));
  s.sum = sumOf(s.n);
  return XDP.PASS;
});

const Outside = struct("outside", { n: u8, step: u32, sum: u32, seen: array(u8, 8) });

/** Refs into the packet and to the stack that were made around the body. */
export const outside = xdp((ctx) => {
  const s = ctx.packet.at(0, Outside);
  if (!s) return XDP.ABORTED;
  const kept = Outside({ n: s.n });
  for (let i = 0; i < 8; i++) cells.set(i, i * s.n);
  cells.forEach((index, cell) => {
    s.sum = (s.sum + s.step + cell.value) >>> 0;
    s.seen[index] = u8(cell.value + kept.seen[7 - index]);
    kept.seen[index] = u8(index + kept.n);
  });
  return XDP.PASS;
});

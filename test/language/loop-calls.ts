// loop(count, body): captured variables, records and refs, early ends, returned counts, loops in loops, functions in bodies.
//
// sweep sums: u8 i32
// sweep ends: u8 u8
// sweep nested: u8 u8
// sweep large: u32 u32
// sweep packets: u8 u8
import { array, i32, i64, loop, noinline, struct, u16, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";

const Sums = struct("sums", { n: u8, seed: i32, sum: i64, mixed: u32, runs: u32, pair: u64 });

const step = (a: number, b: number): number => (Math.imul(a, 31) + b) | 0;

export const sums = xdp((ctx) => {
  const s = ctx.packet.at(0, Sums);
  if (!s) return XDP.ABORTED;
  const { n, seed } = s;
  let sum = 0;
  let mixed = 7;
  const pair = { a: 1, b: 2 };
  const runs = loop(n, (i) => {
    sum = (sum + seed * i) | 0;
    mixed = step(mixed, i) >>> 0;
    pair.a = u32(pair.a + pair.b);
    pair.b = pair.a & 0xffff;
  });
  s.sum = i64(sum);
  s.mixed = mixed;
  s.runs = runs;
  s.pair = u64(pair.a) + u64(pair.b);
  return runs === n ? XDP.PASS : XDP.DROP;
});

const Ends = struct("ends", { n: u8, stop: u8, at: u32, runs: u32, found: u8 });

export const ends = xdp((ctx) => {
  const s = ctx.packet.at(0, Ends);
  if (!s) return XDP.ABORTED;
  const { stop } = s;
  let last = 0;
  let found = false;
  s.runs = loop(s.n, (i) => {
    if (i % 3 === 1) return;
    if (i === stop) {
      found = true;
      return false;
    }
    last = i;
    return i < 200;
  });
  s.at = last;
  s.found = found ? 1 : 0;
  return found ? XDP.TX : XDP.PASS;
});

const Nested = struct("nested", { a: u8, b: u8, count: u32, cells: array(u16, 16) });

export const nested = xdp((ctx) => {
  const s = ctx.packet.at(0, Nested);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  const cells = array(u16, 16)();
  let count = 0;
  loop(a & 15, (i) => {
    loop(b & 15, (j) => {
      if (j > i) return false;
      cells[(i + j) & 15] = u16(i * j + count);
      count = (count + 1) & 0xffff;
      return true;
    });
  });
  for (let k = 0; k < 16; k++) s.cells[k] = cells[k] ?? 0;
  s.count = count;
  return XDP.PASS;
});

const Large = struct("large", { n: u32, seed: u32, hash: u32, runs: u32, inner: u32 });

const mix = noinline((a: number, b: number) => (Math.imul(a ^ b, 0x9e3779b1) + b) >>> 0);

export const large = xdp((ctx) => {
  const s = ctx.packet.at(0, Large);
  if (!s) return XDP.ABORTED;
  let hash = s.seed;
  let inner = 0;
  const runs = loop(Math.min(s.n, 400), (i) => {
    hash = mix(hash, i);
    if ((hash & 1023) === 5) {
      inner = loop(hash & 63, (k) => {
        hash = (hash ^ k) >>> 0;
        return k < 40;
      });
    }
    return (hash & 0xfff) !== 0x123;
  });
  s.hash = hash;
  s.runs = runs;
  s.inner = inner;
  return XDP.PASS;
});

const Packets = struct("packets", { n: u8, at: u8, sum: u32, touched: u32 });

export const packets = xdp((ctx) => {
  const s = ctx.packet.at(0, Packets);
  if (!s) return XDP.ABORTED;
  const { n, at } = s;
  let sum = 0;
  const total = loop(1500, (i) => {
    if (i >= n * 4) return false;
    const byte = ctx.packet.at((at + i) & 31, u8);
    if (!byte) return;
    sum = (sum + byte.value) & 0xffff;
    return true;
  });
  s.sum = sum;
  s.touched = total;
  return XDP.PASS;
});

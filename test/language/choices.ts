// Choices in loops that stay loops, by conditions of every kind and width: what is computed on either side, what is counted,
// least and greatest, checksums by bits.
//
// sweep counts: i32 u8
// sweep extremes: i32 u32
// sweep checksums: u32 u16
// sweep wide: u64 u64
// sweep nested: u8 i8
// sweep bounds: u8 u8
import { array, i32, i64, i8, struct, u16, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";

const Counts = struct("counts", { a: i32, b: u8, results: array(i64, 8) });

export const counts = xdp((ctx) => {
  const s = ctx.packet.at(0, Counts);
  if (!s) return XDP.ABORTED;
  const { a, b, results } = s;
  let [less, equal, other, bits, odd, down] = [0, 0, 0, 0, false, 1000];
  for (let i = 0; i < 24; i++) {
    const x = (a >> i) & 255;
    if (x < b) less++;
    if (x === b) equal += 3;
    else other += i;
    if (x & 4) bits |= 1 << i;
    if (x & 1) odd = !odd;
    if (x - 100 > i - b) down--;
  }
  results[0] = i64(less);
  results[1] = i64(equal);
  results[2] = i64(other);
  results[3] = i64(bits);
  results[4] = odd ? 1n : 0n;
  results[5] = i64(down);
  return XDP.PASS;
});

const Extremes = struct("extremes", { a: i32, b: u32, results: array(i64, 6) });

export const extremes = xdp((ctx) => {
  const s = ctx.packet.at(0, Extremes);
  if (!s) return XDP.ABORTED;
  let [least, most, first, last, high] = [0x7fffffff, -0x80000000, 0, 0, 0];
  for (let i = 0; i < 20; i++) {
    const x = Math.imul(s.a, i * 7 + 1) ^ s.b;
    if (x < least) least = x;
    if (x > most) {
      most = x;
      last = i;
    }
    if (x >>> 0 <= s.b) first = x - 1;
    else first += 1;
    high = Math.max(high, x >>> 0);
    first = Math.min(first, 0x7000_0000);
  }
  s.results[0] = i64(least);
  s.results[1] = i64(most);
  s.results[2] = i64(first);
  s.results[3] = i64(last);
  s.results[4] = i64(high);
  return XDP.PASS;
});

const Checksums = struct("checksums", { a: u32, b: u16, results: array(i64, 3) });

export const checksums = xdp((ctx) => {
  const s = ctx.packet.at(0, Checksums);
  if (!s) return XDP.ABORTED;
  let [crc, sum, ones] = [~s.a, s.b as number, 0];
  for (let i = 0; i < 20; i++) {
    crc ^= s.results[i & 1] === 0n ? i : 3;
    if ((i & 3) === 0) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  for (let i = 0; i < 40; i++) {
    sum += (s.a + i) & 0xffff;
    if (sum > 0xffff) sum -= 0xffff;
  }
  for (let i = 0; i < 20; i++) if ((s.a >>> i) & 1) ones++;
  s.results[0] = i64(crc);
  s.results[1] = i64(sum);
  s.results[2] = i64(ones);
  return XDP.PASS;
});

const Wide = struct("wide", { a: u64, b: u64, results: array(u64, 4) });

export const wide = xdp((ctx) => {
  const s = ctx.packet.at(0, Wide);
  if (!s) return XDP.ABORTED;
  let [x, y, z, n] = [s.a, s.b, 0n, 0n];
  for (let i = 0n; i < 20n; i++) {
    if (x < y) z += x;
    else z ^= y;
    if (x === y) n += 1n;
    if ((x & 0x8000_0000_0000_0000n) !== 0n) x = (x << 1n) ^ 0x1bn;
    else x <<= 1n;
    y = y >> 1n;
  }
  s.results[0] = x;
  s.results[1] = y;
  s.results[2] = z;
  s.results[3] = n;
  return XDP.PASS;
});

const Nested = struct("nested", { a: u8, b: i8, results: array(i64, 3) });

export const nested = xdp((ctx) => {
  const s = ctx.packet.at(0, Nested);
  if (!s) return XDP.ABORTED;
  let [inside, outside, state] = [0, 0, 0];
  for (let i = -20; i < 20; i++) {
    const x = s.b * i;
    if (x > -100 && x < s.a) inside += x;
    else outside ^= i;
    if (x < 0 || i === s.a || state === 3) state = state === 2 ? 0 : state + 1;
    state = Math.min(state, 9);
  }
  s.results[0] = i64(inside);
  s.results[1] = i64(outside);
  s.results[2] = i64(state);
  return XDP.PASS;
});

const Bounds = struct("bounds", { a: u8, b: u8, items: array(u8, 20), result: u32 });

/** What bounds an index must stay a branch, or be bounded again. */
export const bounds = xdp((ctx) => {
  const s = ctx.packet.at(0, Bounds);
  if (!s) return XDP.ABORTED;
  let [at, sum] = [0, 0];
  for (let i = 0; i < 20; i++) {
    s.items[i] = u8(s.a ^ Math.imul(s.b, i));
    if (s.items[i] > s.items[at]) at = i;
    let near = s.items[i];
    if (near > 19) near = 19;
    sum += s.items[near];
  }
  s.result = u32(sum * 32 + at);
  return XDP.PASS;
});

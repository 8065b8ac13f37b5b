// Binary searches: bounded, since each turn halves what is left.
//
// sweep searches: u16 u8
// sweep tables: u8 i16
import { array, i16, i64, struct, u8, u16, xdp, XDP } from "@typebpf/dsl";

const Searches = struct("searches", { a: u16, b: u8, bytes: array(u8, 13), results: array(i64, 5) });
const PORTS: readonly number[] = [7, 19, 31, 33, 64, 127, 128, 256, 389, 520, 0x1234, 5353, 11211, 0x7fff, 0xffff];

/** The first index whose port is not below. */
function lowerBound(port: number): number {
  let lo = 0;
  let hi = PORTS.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (PORTS[mid] < port) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

function find(port: number): number | undefined {
  let low = 0;
  let high = PORTS.length - 1;
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const value = PORTS[middle];
    if (value === port) return middle;
    if (value < port) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

export const searches = xdp((ctx) => {
  const s = ctx.packet.at(0, Searches);
  if (!s) return XDP.ABORTED;
  const { a, b, bytes, results } = s;
  const at = lowerBound(a);
  results[0] = i64(at < PORTS.length && PORTS[at] === a ? at : -1 - at);
  results[1] = i64(find(a) ?? -1);
  results[2] = i64(find(b) ?? lowerBound(b) + 100);
  for (let i = 0; i < bytes.length; i++) bytes[i] = i * 20;
  let left = 0;
  let right = bytes.length - 1;
  let turns = 0;
  while (left <= right) {
    turns++;
    const mid = left + ((right - left) >>> 1);
    if (mid >= bytes.length) break;
    if (bytes[mid] > b) right = mid - 1;
    else if (bytes[mid] < b) left = mid + 1;
    else break;
  }
  results[3] = i64(left * 1000 + turns);
  let from = 0;
  let to = Math.min(a, 1000);
  while (from < to) {
    const mid = Math.trunc((from + to) / 2);
    if (mid * mid >= a) to = mid;
    else from = mid + 1;
  }
  results[4] = i64(from);
  return XDP.PASS;
});

const Tables = struct("tables", { a: u8, b: i16, results: array(i64, 2) });
const RANGES = [
  { from: -300, to: -100, weight: 1 },
  { from: -50, to: 7, weight: 2 },
  { from: 31, to: 100, weight: 3 },
  { from: 127, to: 300, weight: 4 },
  { from: 0x7000, to: 0x7fff, weight: 5 },
] as const;

export const tables = xdp((ctx) => {
  const s = ctx.packet.at(0, Tables);
  if (!s) return XDP.ABORTED;
  const weightOf = (value: number): number => {
    let lo = 0;
    let hi: number = RANGES.length;
    while (hi > lo) {
      const mid = (lo + hi) >>> 1;
      const { from, to, weight } = RANGES[mid];
      if (value < from) hi = mid;
      else if (value > to) lo = mid + 1;
      else return weight;
    }
    return 0;
  };
  s.results[0] = i64(weightOf(s.a));
  s.results[1] = i64(weightOf(s.b));
  return XDP.PASS;
});

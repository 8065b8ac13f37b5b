// for…of: arrays in memory, tuples, constant tables, ranges, entries; with names, patterns and places; labels, break and
// continue; arrays are read as the loop goes along.
//
// sweep arrays: u8 u8
// sweep tuples: u16 u8
// sweep ranges: u8 u8
// sweep entries: u8 u8
import { array, i64, range, struct, u16, u16be, u8, xdp, XDP } from "@typebpf/dsl";

const Point = struct("point", { x: u16, y: u16 });

const Arrays = struct("arrays", {
  a: u8,
  b: u8,
  bytes: array(u8, 4),
  words: array(u16be, 4),
  points: array(Point, 3),
  results: array(i64, 5),
});

export const arrays = xdp((ctx) => {
  const s = ctx.packet.at(0, Arrays);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  s.bytes = [s.a, s.b, 3, s.a];
  s.words = [s.a, s.b, 0, 0x1234];
  s.points = [
    { x: s.a, y: 1 },
    { x: 2, y: s.b },
    { x: 5, y: 6 },
  ];
  let sum = 0;
  for (const byte of s.bytes) {
    s.bytes[2] = 11;
    sum = (sum * 7 + byte) & 0xffff;
  }
  results[0] = i64(sum);
  sum = 0;
  for (const word of s.words) {
    if (word === 0) continue;
    sum += word;
    if (sum > 400) break;
  }
  results[1] = i64(sum);
  for (const point of s.points) point.x += 3;
  sum = 0;
  for (const { x, y } of s.points) sum = (sum * 3 + x - y) & 0xffff;
  results[2] = i64(sum);
  let last = 0;
  sum = 0;
  for (last of s.bytes) sum += last;
  for ({ x: last } of s.points) sum -= last;
  for (let byte of s.bytes) {
    byte += 1;
    sum += byte;
  }
  results[3] = i64(sum * 1000 + last);
  sum = 0;
  outer: for (const byte of s.bytes) {
    for (const word of s.words) {
      if (word === byte) continue outer;
      if (word + byte === 14) break outer;
      sum += 1;
    }
    sum += 100;
  }
  results[4] = i64(sum);
  return XDP.PASS;
});

const Tuples = struct("tuples", { a: u16, b: u8, results: array(i64, 3) });

const PORTS = [53, 80, 443];
const RULES = [
  { from: 0, to: 9, weight: 2 },
  { from: 10, to: 200, weight: 7 },
] as const;

export const tuples = xdp((ctx) => {
  const s = ctx.packet.at(0, Tuples);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  let sum = 0;
  for (const value of [s.a, s.b, s.a - s.b]) sum = (sum * 2 + value) & 0xffffff;
  results[0] = i64(sum);
  sum = 0;
  for (const [value, factor] of [[s.a, 3], [s.b, -5]] as const) sum += value * factor;
  for (const { from, to, weight } of RULES) if (s.b >= from && s.b <= to) sum += weight;
  results[1] = i64(sum);
  let port = 0;
  for (port of PORTS) if (port >= s.a) break;
  results[2] = i64(port);
  return XDP.PASS;
});

const Ranges = struct("ranges", { a: u8, b: u8, bytes: array(u8, 8), results: array(i64, 5) });

export const ranges = xdp((ctx) => {
  const s = ctx.packet.at(0, Ranges);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  for (const i of range(8)) s.bytes[i] = u8(s.a + i * 3);
  let sum = 0;
  for (const i of range(2, 7)) sum += s.bytes[i] * i;
  results[0] = i64(sum);
  sum = 0;
  for (const i of range(0, 20, 3)) sum += i * s.a;
  results[1] = i64(sum);
  sum = 0;
  for (const i of range(10, -3, -4)) sum = (sum * 3 + i) & 0xffff;
  results[2] = i64(sum);
  sum = 0;
  for (const i of range(s.a)) {
    if (i === s.b) break;
    sum += i;
  }
  results[3] = i64(sum);
  sum = 0;
  for (const i of range(s.a & 7, s.b & 31)) sum += i * i;
  results[4] = i64(sum);
  return XDP.PASS;
});

const Entries = struct("entries", { a: u8, b: u8, bytes: array(u8, 4), results: array(i64, 3) });

export const entries = xdp((ctx) => {
  const s = ctx.packet.at(0, Entries);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  for (const [index, byte] of s.bytes.entries()) s.bytes[index] = u8(byte + index * s.a);
  let sum = 0;
  for (const [index, byte] of s.bytes.entries()) sum += byte * (index + 1);
  results[0] = i64(sum);
  sum = 0;
  for (const [index, port] of PORTS.entries()) sum += port * index * s.b;
  results[1] = i64(sum);
  sum = 0;
  for (const [index, value] of [s.a, s.b].entries()) sum += value * (index * 2 - 1);
  results[2] = i64(sum);
  return XDP.PASS;
});

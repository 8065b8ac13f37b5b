// Destructuring: declarations and assignments, of structs and arrays in memory, objects, tuples and constants; nested,
// renamed, with defaults and rest; in parameters and in for…of.
//
// sweep declarations: u32 u16 u8
// sweep assignments: u32 u32 u8
// sweep defaults: u8 u16
// sweep rests: u32 u16 u8
import { array, bits, i64, struct, u8, u16, u16be, u32, xdp, XDP, type Ref } from "@typebpf/dsl";

const Point = struct("point", { x: u16, y: u16 });

const Declared = struct("declared", {
  a: u32,
  b: u16,
  c: u8,
  bytes: array(u8, 4),
  points: array(Point, 2),
  at: Point,
  sums: array(i64, 4),
});

function distance({ x, y }: Ref<typeof Point>, [first, , third]: readonly [number, number, number]): number {
  return x * 2 - y + first * third;
}

export const declarations = xdp((ctx) => {
  const s = ctx.packet.at(0, Declared);
  if (!s) return XDP.ABORTED;
  const { a, b: second, at: { x, y: why }, sums } = s;
  const [p, , q] = s.bytes;
  const [first, { y }] = s.points;
  first.x = 7;
  sums[0] = i64(a - second + x - why);
  sums[1] = i64(p * 3 - q + y + s.points[0].x);
  sums[2] = i64(distance(s.at, [s.c, 1, s.b]));
  const { pair: [left, { deep }], ["name"]: named } = { pair: [s.c, { deep: s.a }] as const, name: s.b };
  sums[3] = i64(left - deep + named);
  return XDP.PASS;
});

const Assigned = struct("assigned", {
  a: u32,
  b: u32,
  c: u8,
  low: bits(u8, 3),
  high: bits(u8, 5),
  port: u16be,
  bytes: array(u8, 4),
  at: Point,
  results: array(i64, 4),
});

export const assignments = xdp((ctx) => {
  const s = ctx.packet.at(0, Assigned);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  let p = s.a;
  let q = s.b;
  [p, q] = [q, p];
  results[0] = i64(p - q);
  [s.a, s.b] = [s.b, s.a];
  [s.bytes[0], s.bytes[1], s.bytes[2]] = [s.bytes[1], s.bytes[2], s.bytes[0]];
  ({ x: s.low, y: s.port } = { x: 5, y: 0x1234 });
  ({ x: p, y: q } = s.at);
  results[1] = i64(p * 3 - q);
  [p, , q = 9] = s.bytes;
  results[2] = i64(p * 3 - q);
  // The array is read as the assignment goes along.
  [s.bytes[1], s.bytes[0], ...[p]] = s.bytes;
  let rest: { y: number };
  const value = ({ x: p, ...rest } = { x: s.c, y: s.bytes[0] });
  results[3] = i64(p - rest.y + value.x * 1000);
  return XDP.PASS;
});

const Defaults = struct("defaults", { a: u8, b: u16, results: array(i64, 4) });

interface Options {
  readonly scale?: number;
  readonly offset?: number;
}

function apply(x: number, { scale = 3, offset = scale + 1 }: Options = {}): number {
  return x * scale + offset;
}

const ROWS = [[1, 2], [4, 7], [9]] as const;

export const defaults = xdp((ctx) => {
  const s = ctx.packet.at(0, Defaults);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  results[0] = i64(apply(s.a) * 1_000_000 + apply(s.b, { scale: 2 }));
  results[1] = i64(apply(s.a, { offset: s.b }));
  const found = s.a > 100 ? s.b : undefined;
  const [first = 77, second = s.a] = [found];
  results[2] = i64(first * 256 + second);
  let sum = 0;
  for (const [port, weight = 50] of ROWS) if (s.a >= port) sum += weight;
  results[3] = i64(sum);
  return XDP.PASS;
});

const Rests = struct("rests", { a: u32, b: u16, c: u8, bytes: array(u8, 4), results: array(i64, 4) });

const TABLE = { one: 1, two: 2, three: 3 } as const;

function total(first: number, ...more: readonly number[]): number {
  let sum = first;
  for (const one of more) sum += one;
  return sum * 10 + more.length;
}

export const rests = xdp((ctx) => {
  const s = ctx.packet.at(0, Rests);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  const [first, ...rest] = [s.a, s.b, s.c];
  results[0] = i64(first - (rest[0] ?? 0) + (rest[1] ?? 0) * rest.length);
  const { one, ...others } = TABLE;
  const { x, ...left } = { x: s.a, y: s.b, z: s.c };
  results[1] = i64(x - left.y + left.z * one + others.three);
  const [head, ...tail] = s.bytes;
  s.bytes[1] = 9;
  results[2] = i64(head * 1000 + (tail[0] ?? 0) * 10 + tail.length);
  results[3] = i64(total(s.a) + total(s.a, s.b) + total(s.a, ...s.bytes) + total(...([s.b, s.c] as const)));
  return XDP.PASS;
});

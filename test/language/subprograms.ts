// Functions that stay BPF functions: scalars, refs of every memory, more than five values, objects member by member,
// generic ones, ones of other modules, early returns, functions that call functions.
//
// sweep values: i32 i32
// sweep many: i32 u32
// sweep refs: u8 u8
// sweep objects: u32 u32
// sweep shared: u8 i32
import { i32, i64, noinline, struct, u32, u64, u8, xdp, XDP, type Ref, type Schema, type XdpContext } from "@typebpf/dsl";
import { scramble } from "./lib/subprogram.ts";

const clamp = noinline((value: number, least: number, most: number) => {
  if (value < least) return least;
  if (value > most) return most;
  return value;
});

/** @noinline */
function distance(a: number, b: number): number {
  return Math.abs(a - b);
}

/** @noinline */
const isOrdered = (a: number, b: number, strict: boolean): boolean => (strict ? a < b : a <= b);

const sumTo = noinline(function sumTo(n: number): number {
  let sum = 0;
  for (let i = 1; i <= 16; i++) {
    if (i > n) return sum;
    sum += i;
  }
  return sum;
});

const twice = noinline((value: number) => clamp(value * 2, -1000, 1000) + sumTo(value & 15));

const Values = struct("values", { a: i32, b: i32, clamped: i64, distance: i64, sum: i64, twice: i64, ordered: i64 });

export const values = xdp((ctx) => {
  const s = ctx.packet.at(0, Values);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  s.clamped = i64(clamp(a, -100, b));
  s.distance = i64(distance(a, b));
  s.sum = i64(sumTo(b));
  s.twice = i64(twice(a));
  s.ordered = i64((isOrdered(a, b, true) ? 1 : 0) + (isOrdered(a, b, false) ? 2 : 0));
  return isOrdered(b, a, true) ? XDP.TX : XDP.PASS;
});

const Many = struct("many", { a: i32, b: u32, small: i64, wide: u64, mixed: i64 });

const combine = noinline((a: number, b: number, c: number, d: number, e: number, f: number, g: number) => {
  if (b > 0x8000_0000) return a - b * 2 + c;
  return ((a ^ b) | 0) + c - d * 3 + e * 5 - f * 7 + g;
});

const wide = noinline((a: u64, b: u64, c: u64, d: u64, e: u64, flag: boolean) => {
  return flag ? a * b + (c ^ d) - e : a - b - c - d - e;
});

const store = noinline((to: Ref<typeof Many>, a: number, b: number, c: number, d: number, e: number) => {
  to.mixed = i64(a - b + c - d + e);
});

export const many = xdp((ctx) => {
  const s = ctx.packet.at(0, Many);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  s.small = i64(combine(a, b, a >> 3, b >>> 5, a & 255, b & 255, a % 17));
  s.wide = wide(u64(a), u64(b), 3n, 4n, u64(b) << 7n, a > 0);
  store(s, a, b, a & 7, b & 7, a % 3);
  return XDP.PASS;
});

const Point = struct("point", { x: u32, y: u32 });
const Refs = struct("refs", { a: u8, b: u8, x: u32, y: u32, sum: u32, none: u32 });

const add = noinline((to: Ref<typeof Point>, x: number, y: number) => {
  to.x = u32(to.x + x);
  to.y = u32(to.y + y);
});

const sumOf = noinline((point: Ref<typeof Point> | undefined) => (point ? point.x + point.y : 77));

export const refs = xdp((ctx) => {
  const s = ctx.packet.at(0, Refs);
  if (!s) return XDP.ABORTED;
  const point = Point({ x: s.a, y: 5 });
  for (let i = 0; i < 3; i++) add(point, s.b, i);
  const moved = ctx.packet.at(2, Point);
  if (!moved) return XDP.DROP;
  add(moved, s.a, s.b);
  s.sum = u32(sumOf(point) + sumOf(moved));
  s.none = sumOf(s.a > s.b ? point : undefined);
  s.y = point.y;
  return XDP.PASS;
});

const Objects = struct("objects", { a: u32, b: u32, sum: u64, first: u32, swapped: u32, generic: u32 });

interface Pair {
  readonly a: number;
  readonly b: number;
}

const sum = noinline((pair: Pair, [c, d]: readonly [number, number]) => pair.a + pair.b + c * 2 + d);
const maybe = noinline((pair: Pair | undefined) => (pair ? pair.a : 9));
const firstOf = noinline(<T extends Pair>(pair: T) => pair.b);

const at = noinline(<T>(ctx: XdpContext, offset: number, schema: Schema<T>) => {
  if (offset > 20) return undefined;
  return ctx.packet.at(offset, schema);
});

export const objects = xdp((ctx) => {
  const s = ctx.packet.at(0, Objects);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  s.sum = u64(sum({ a, b }, [a & 15, b & 15]));
  s.first = u32(maybe(a > b ? { a, b } : undefined));
  s.swapped = u32(firstOf({ a: b, b: a }));
  const point = at(ctx, 0, Point);
  const far = at(ctx, 24, u32);
  s.generic = point && !far ? point.x ^ point.y : 1;
  return XDP.PASS;
});

const Shared = struct("shared", { a: u8, b: i32, x: i64, y: i64 });

export const shared = xdp((ctx) => {
  const s = ctx.packet.at(0, Shared);
  if (!s) return XDP.ABORTED;
  s.x = i64(scramble(s.a, s.b));
  s.y = i64(scramble(s.b & 0xff, s.a));
  return XDP.PASS;
});

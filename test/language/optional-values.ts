// Integers that may be undefined: optional chains in every place, ??, ??=, comparisons, truth, typeof, members of objects.
//
// sweep chains: u16 u8
// sweep places: u8 u16
// sweep choices: u8 u16
// sweep assigned: u8 u8
// sweep guarded: u16 u8
// sweep ordered: u16 u8
import { array, i64, type Ref, struct, u16, u64, u8, xdp, XDP } from "@typebpf/dsl";

const Point = struct("point", { x: u16, y: u16 });
const Chains = struct("chains", {
  a: u16,
  b: u8,
  at: Point,
  bytes: array(u8, 4),
  points: array(Point, 2),
  results: array(i64, 8),
});

export const chains = xdp((ctx) => {
  const s = ctx.packet.at(0, Chains);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  const p = ctx.packet.at(s.a, Point);
  const q = ctx.packet.at(s.b * 4, Chains);
  const words = ctx.packet.at(s.a, array(u16, 3));
  results[0] = i64(p?.x ?? q?.at.y ?? 77);
  results[1] = i64(q?.bytes[1] ?? words?.[2] ?? 78);
  results[2] = i64(q?.points[1].y ?? -1);
  results[3] = i64(ctx.packet.at(s.a * 2, Point)?.y ?? 4);
  if (p?.x === 0) results[4] = 1n;
  if (p?.x !== 0) results[4] += 2n;
  if (0 === q?.b) results[4] += 4n;
  if (p?.y === undefined) results[4] += 8n;
  if (q?.at.x) results[4] += 16n;
  if (p?.x === q?.b) results[4] += 32n;
  if ((p?.x ?? 0) >= 0) results[4] += 64n;
  if (p !== undefined && p?.x > 3) results[4] += 128n;
  const x = p?.x;
  if (x !== undefined) results[5] = i64(x + 1);
  results[6] = i64(x ?? 9);
  const point = s.b > 3 ? { x: s.a, in: { y: s.b } } : undefined;
  results[7] = i64((point?.x ?? 5) * 1000 + (point?.in.y ?? 6));
  return XDP.PASS;
});

const Places = struct("places", { a: u8, b: u16, results: array(i64, 4), wide: u64 });

interface Best {
  port?: number;
  hits: number | undefined;
}

export const places = xdp((ctx) => {
  const s = ctx.packet.at(0, Places);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  let found: number | undefined;
  for (let i = 0; i < 8; i++) {
    if (found === undefined && ((s.b >> i) & 3) === 3) found = i;
  }
  results[0] = i64(found ?? -1);
  let wide: bigint | undefined;
  if (s.a > 7) wide = u64(s.b);
  s.wide = wide ?? 3n;
  const best: Best = { hits: undefined };
  if (s.a > 10) best.hits = s.b;
  if (s.b > 10) best.port = s.a;
  results[1] = i64((best.port ?? 1000) * 100_000 + (best.hits ?? 70_000));
  best.hits ??= 5;
  best.port = undefined;
  results[2] = i64(best.hits + (best.port ?? 1));
  let sure: boolean | undefined = s.a > 5 ? s.b > 5 : undefined;
  results[3] = sure === undefined ? 2n : sure ? 1n : 0n;
  sure ??= true;
  if (sure) results[3] += 10n;
  return XDP.PASS;
});

const Choices = struct("choices", { a: u8, b: u16, results: array(i64, 6) });

function half(x: number): number | undefined {
  return x % 2 === 0 ? x >>> 1 : undefined;
}

export const choices = xdp((ctx) => {
  const s = ctx.packet.at(0, Choices);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  const x = half(s.a);
  const y = half(s.b);
  results[0] = i64(x || 100);
  results[1] = i64((x && y) ?? 200);
  if (x === y) results[2] = 1n;
  if (x !== y) results[2] += 2n;
  if (x === 4) results[2] += 4n;
  if (!x) results[2] += 8n;
  if (x && y) results[2] += 16n;
  if (typeof x === "number") results[3] = i64(x);
  if (typeof y === "undefined") results[3] += 1000n;
  const [first, second] = [x, y];
  results[4] = i64((first ?? 1) * 7 - (second ?? 2));
  const pick = s.a > 9 ? x : y;
  results[5] = i64(Number.isInteger(pick) ? (pick ?? 0) : -5);
  return XDP.PASS;
});

const Assigned = struct("assigned", { a: u8, b: u8, bytes: array(u8, 4), at: Point, wide: u64, results: array(i64, 4) });

export const assigned = xdp((ctx) => {
  const s = ctx.packet.at(0, Assigned);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  let x = s.a;
  x ||= 5;
  x &&= 6;
  s.bytes[0] ||= 9;
  s.bytes[1] &&= 4;
  s.wide ||= 5n;
  results[0] = i64(x + (s.bytes[2] ||= s.b));
  let n = half(s.a);
  results[1] = i64((n ??= s.b));
  n &&= 3;
  results[2] = i64(n);
  let p = ctx.packet.at(s.a * 8, Point);
  p ??= s.at;
  results[3] = i64(p.x * 3 - p.y);
  return XDP.PASS;
});

const Ordered = struct("ordered", { a: u16, b: u8, results: array(i64, 3) });

// The order of values that were absent once: a branch may have given them.
export const ordered = xdp((ctx) => {
  const s = ctx.packet.at(0, Ordered);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  let port: number | undefined;
  let wide: u64 | undefined;
  if (s.b & 1) {
    port = ctx.packet.at(0, u16)?.value;
    wide = BigInt(s.a);
  } else if (s.b & 2) port = s.b;
  if (port === undefined) return XDP.PASS;
  let mask = 0;
  if (port < 5) mask |= 1;
  if (port <= s.b) mask |= 2;
  if (s.b > port) mask |= 4;
  if (port >= 1023) mask |= 8;
  if (port < 0 || port > 1023) mask |= 16;
  if (port === s.b) mask |= 32;
  if (port !== 256) mask |= 64;
  results[0] = i64(mask);
  results[1] = port > 100 ? 1n : 2n;
  if (wide !== undefined) results[2] = wide > 255n || wide < 3n ? 3n : 4n;
  return XDP.DROP;
});

interface Found {
  readonly x: number;
  readonly at: number;
}

function found(point: Ref<typeof Point> | undefined, at: number): Found | undefined {
  return point && { x: point.x + 1, at };
}

const Guarded = struct("guarded", { a: u16, b: u8, results: array(i64, 3) });

// An object behind `&&` is there where the ref is.
export const guarded = xdp((ctx) => {
  const s = ctx.packet.at(0, Guarded);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  const near = found(ctx.packet.at(s.b & 7, Point), 5);
  const far = found(ctx.packet.at(s.a, Point), 7);
  results[0] = i64(near ? near.x : -1);
  results[1] = i64(far?.at ?? -2);
  const wide = ctx.packet.at(s.a, u64) && s.b + 1;
  results[2] = i64(wide ?? -3);
  return far ? XDP.PASS : XDP.DROP;
});

// Indices, divisors and products that are in range by what the program tested before: two variables, a test that is
// remembered in a constant, several tests that meet, a field that is read again, a remainder that was stored.
//
// sweep related: u8 u8
// sweep remembered: u8 u8
// sweep meeting: u8 u8
// sweep again: u8 u32
// sweep computed: i32 u32
import { array, i32, struct, u32, u8, xdp, XDP } from "@typebpf/dsl";

const Related = struct("related", { a: u8, b: u8, list: array(u8, 6), r: array(u8, 5) });

export const related = xdp((ctx) => {
  const s = ctx.packet.at(0, Related);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  for (let i = 0; i < 6; i++) s.list[i] = u8(i * 7 + 1);
  if (a < b && b <= 6) s.r[0] = s.list[a];
  if (a >= b && a - b < 6) s.r[1] = s.list[a - b];
  if (a < 6 && b <= a) s.r[2] = s.list[a - b];
  const n = Math.min(a, 6);
  if (n > 0) s.r[3] = s.list[n - 1];
  if (a >= b) return XDP.TX;
  if (b > 6) return XDP.DROP;
  s.r[4] = s.list[a] + s.list[b - a - 1];
  return XDP.PASS;
});

const Remembered = struct("remembered", { a: u8, b: u8, list: array(u8, 6), r: array(u8, 3) });

export const remembered = xdp((ctx) => {
  const s = ctx.packet.at(0, Remembered);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  for (let i = 0; i < 6; i++) s.list[i] = u8(i * 5 + 3);
  const inside = a < 6;
  const both = a < 6 && b > 3;
  let first = false;
  if (b < 6) first = true;
  s.r[0] = inside ? s.list[a] : 1;
  if (both) s.r[1] = s.list[a];
  if (first) s.r[2] = s.list[b];
  return XDP.PASS;
});

const Meeting = struct("meeting", { a: u8, b: u8, list: array(u8, 6), r: array(u8, 3) });

export const meeting = xdp((ctx) => {
  const s = ctx.packet.at(0, Meeting);
  if (!s) return XDP.ABORTED;
  for (let i = 0; i < 6; i++) s.list[i] = u8(i + 40);
  if (s.a === 1 || s.a === 2 || s.a === 5) s.r[0] = s.list[s.a];
  switch (s.b) {
    case 0:
    case 3:
    case 4:
      s.r[1] = s.list[s.b];
      break;
    default:
      s.r[1] = 200;
  }
  let index = s.a;
  if (index > 5) index = 5;
  s.r[2] = s.list[index];
  return XDP.PASS;
});

const Again = struct("again", { a: u8, b: u32, list: array(u32, 8), next: u32, r: u32 });

export const again = xdp((ctx) => {
  const s = ctx.packet.at(0, Again);
  if (!s) return XDP.ABORTED;
  const kept = Again({ a: s.a, next: s.b });
  if (kept.a < 8) {
    kept.list[kept.a] = s.b;
    s.r = kept.list[kept.a];
  }
  kept.next = (kept.next + 1) % 8;
  kept.list[kept.next] = 5;
  s.next = kept.list[kept.next] + kept.next;
  return XDP.PASS;
});

const Computed = struct("computed", { a: i32, b: u32, list: array(u8, 8), r: array(u32, 3) });

export const computed = xdp((ctx) => {
  const s = ctx.packet.at(0, Computed);
  if (!s) return XDP.ABORTED;
  for (let i = 0; i < 8; i++) s.list[i] = u8(i * 11);
  const remainder = s.a % 8;
  s.r[0] = s.list[remainder < 0 ? remainder + 8 : remainder];
  s.r[1] = s.list[s.b >>> 29];
  if (s.b < 100_000) s.r[2] = u32(s.b * s.b);
  for (let i = 0; i < 8; i += 4) s.r[1] += s.list[i + 3];
  const aligned = s.b & ~3;
  if (aligned >= 0 && aligned < 8) s.r[0] += s.list[aligned + 3];
  return XDP.PASS;
});

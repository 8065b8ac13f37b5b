// Loops whose bound follows from what they do: shifts, quotients, products, flags, cleared bits, folded sums, two counters,
// options that are walked, limits that were tested before, sums and products over a few turns.
//
// sweep shrinking: u32 u16
// sweep growing: u16 u8
// sweep wide: u64 u8
// sweep bits: u32 u32
// sweep exits: u8 u8
// sweep counters: u8 u8
// sweep options: u8 u8
// sweep accumulated: u8 u32
import { array, struct, u16, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";

const Shrinking = struct("shrinking", { a: u32, b: u16, r: array(u32, 6) });

export const shrinking = xdp((ctx) => {
  const s = ctx.packet.at(0, Shrinking);
  if (!s) return XDP.ABORTED;
  let n = 0;
  for (let v = s.a; v > 0; v >>>= 1) n++;
  s.r[0] = n;
  n = 0;
  for (let v = s.b; v !== 0; v >>= 1) n += v & 1;
  s.r[1] = n;
  n = 0;
  let digits = s.a;
  do {
    digits = Math.trunc(digits / 10);
    n++;
  } while (digits > 0);
  s.r[2] = n;
  n = 0;
  let quotient = s.b;
  while (quotient >= 7) {
    quotient = (quotient / 7) | 0;
    n++;
  }
  s.r[3] = n * 10 + quotient;
  let left = Math.min(s.b, 100);
  n = 0;
  while (left > 0) {
    left -= Math.min(left, 8);
    n++;
  }
  s.r[4] = n;
  let sum = s.a;
  while (sum >>> 16 !== 0) sum = (sum & 0xffff) + (sum >>> 16);
  s.r[5] = sum;
  return XDP.PASS;
});

const Growing = struct("growing", { a: u16, b: u8, r: array(u32, 4) });

export const growing = xdp((ctx) => {
  const s = ctx.packet.at(0, Growing);
  if (!s) return XDP.ABORTED;
  let n = 0;
  for (let i = 1; i < s.a; i *= 2) n++;
  s.r[0] = n;
  n = 0;
  for (let i = 1; i <= s.b; i <<= 1) n++;
  s.r[1] = n;
  n = 0;
  for (let i = 0; i !== 16; i += 4) n += (s.a >> i) & 15;
  s.r[2] = n;
  n = 0;
  for (let i = s.b; i >= 16; i -= 16) n++;
  s.r[3] = n;
  return XDP.PASS;
});

const Wide = struct("wide", { a: u64, b: u8, r: array(u32, 3), sum: u64 });

export const wide = xdp((ctx) => {
  const s = ctx.packet.at(0, Wide);
  if (!s) return XDP.ABORTED;
  let n = 0;
  for (let v = s.a; v > 0n; v >>= 1n) n++;
  s.r[0] = n;
  n = 0;
  for (let v = s.a; v !== 0n; v /= 10n) n++;
  s.r[1] = n;
  n = 0;
  for (let v = s.a; v !== 0n; v &= v - 1n) n++;
  s.r[2] = n;
  const limit = s.a < 10n ? s.a : 10n;
  let sum = 0n;
  for (let i = 0n; i < limit; i++) sum += i * i;
  s.sum = sum;
  return XDP.PASS;
});

const Bits = struct("bits", { a: u32, b: u32, r: array(u32, 2) });

export const bits = xdp((ctx) => {
  const s = ctx.packet.at(0, Bits);
  if (!s) return XDP.ABORTED;
  let n = 0;
  for (let w = s.a; w !== 0; w &= w - 1) n++;
  s.r[0] = n;
  let common = 0;
  let difference = (s.a ^ s.b) >>> 0;
  while (difference > 0) {
    difference = Math.floor(difference / 2);
    common++;
  }
  s.r[1] = 32 - common;
  return XDP.PASS;
});

const Exits = struct("exits", { a: u8, b: u8, list: array(u8, 8), r: array(u32, 4) });

export const exits = xdp((ctx) => {
  const s = ctx.packet.at(0, Exits);
  if (!s) return XDP.ABORTED;
  let n = 0;
  for (;;) {
    if (++n > 10 || n > s.a) break;
  }
  s.r[0] = n;
  let done = false;
  let i = 0;
  while (!done) {
    i++;
    if (i >= 7 || i === s.b) done = true;
  }
  s.r[1] = i;
  let found = -1;
  for (let k = 0; k < 8; k++) {
    if (s.list[k] === s.a) {
      found = k;
      break;
    }
  }
  s.r[2] = found >= 0 ? s.list[found] + found : 99;
  let at = 0;
  while (true) {
    if (at >= 8 || s.list[at] === s.b) break;
    at += 1;
  }
  s.r[3] = at;
  return XDP.PASS;
});

const Counters = struct("counters", { a: u8, b: u8, list: array(u8, 8), kept: array(u8, 8), r: array(u32, 3) });

export const counters = xdp((ctx) => {
  const s = ctx.packet.at(0, Counters);
  if (!s) return XDP.ABORTED;
  s.list[s.a & 7] = s.b;
  let same = 1;
  for (let i = 0, j = 7; i < j; i++, j--) if (s.list[i] !== s.list[j]) same = 0;
  s.r[0] = same;
  let pairs = 0;
  for (let i = 0; i < 7; i++) for (let j = i + 1; j < 8; j++) if (s.list[i] === s.list[j]) pairs++;
  s.r[1] = pairs;
  let n = 0;
  for (let i = 0; i < 8; i++) {
    if (s.list[i] <= s.b) {
      s.kept[n] = s.list[i];
      n++;
    }
  }
  const length = s.a;
  if (length > 8) return XDP.DROP;
  let sum = 0;
  for (let i = 0; i < length; i++) sum = sum * 3 + s.kept[length - 1 - i];
  s.r[2] = sum;
  return XDP.PASS;
});

const Options = struct("options", { a: u8, b: u8, bytes: array(u8, 40), last: u8, count: u8 });

export const options = xdp((ctx) => {
  const s = ctx.packet.at(0, Options);
  if (!s) return XDP.ABORTED;
  s.bytes[0] = s.a;
  s.bytes[1] = s.b;
  let offset = 2;
  const end = 2 + Math.min(s.b, 40);
  let count = 0;
  while (offset + 1 < end) {
    const option = ctx.packet.at(offset, array(u8, 2));
    if (!option || option[0] === 0) break;
    if (option[0] === 1) {
      offset++;
      continue;
    }
    if (option[1] < 2) break;
    count++;
    offset += option[1];
  }
  s.last = u8(offset);
  s.count = u8(count);
  return XDP.PASS;
});

const Accumulated = struct("accumulated", { a: u8, b: u32, r: array(u32, 2), wide: u64 });

export const accumulated = xdp((ctx) => {
  const s = ctx.packet.at(0, Accumulated);
  if (!s) return XDP.ABORTED;
  let number = 0;
  for (let i = 0; i < 5; i++) number = number * 10 + (s.a % 10);
  s.r[0] = number;
  let weighted = 0;
  for (let i = 0; i < 16; i++) weighted += (s.b >>> i) * i;
  s.wide = BigInt(weighted);
  let hash = 7;
  for (let i = 0; i < 4; i++) hash = (hash * 31 + ((s.b >>> (i * 8)) & 0xff)) % 1000003;
  s.r[1] = hash;
  return XDP.PASS;
});

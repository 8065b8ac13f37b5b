// Shifts of numbers with counts of run time, which JavaScript takes modulo 32; of bigints with counts of 64 and more, and
// below zero; Math.ceil, round, sign; `**`; Number of a bigint; `as` and `satisfies`.
//
// bigint: signed
// sweep shifts: i32 u8
// sweep counts: i32 i8
// sweep rounding: i32 i16
// sweep wide: i64 i8
// sweep powers: i16 u8
import { array, i8, i16, i32, i64, struct, u8, u16, u32, xdp, XDP } from "@typebpf/dsl";

const Shifts = struct("shifts", { a: i32, b: u8, results: array(i64, 6) });

export const shifts = xdp((ctx) => {
  const s = ctx.packet.at(0, Shifts);
  if (!s) return XDP.ABORTED;
  const { a, b, results } = s;
  results[0] = i64(a << b);
  results[1] = i64(a >> b);
  results[2] = i64(a >>> b);
  results[3] = i64((a >>> 0) >>> b);
  results[4] = i64((1 << b) | (a >>> (32 - b)));
  results[5] = i64((a << (b & 7)) >> (b >> 4));
  return XDP.PASS;
});

const Counts = struct("counts", { a: i32, b: i8, results: array(i64, 5) });

export const counts = xdp((ctx) => {
  const s = ctx.packet.at(0, Counts);
  if (!s) return XDP.ABORTED;
  const { a, b, results } = s;
  results[0] = i64(a << b);
  results[1] = i64(a >> -b);
  results[2] = i64(a >>> (b - 32));
  results[3] = i64((b << a) ^ (b >>> a));
  results[4] = i64((a << -1) + (a >> 33) + (a >>> 63) + (b << 40));
  return XDP.PASS;
});

const Rounding = struct("rounding", { a: i32, b: i16, results: array(i64, 8) });

export const rounding = xdp((ctx) => {
  const s = ctx.packet.at(0, Rounding);
  if (!s) return XDP.ABORTED;
  const { a, b, results } = s;
  results[0] = i64(Math.ceil(a / 8));
  results[1] = i64(Math.round(a / 8));
  results[2] = i64(Math.round(a / 10));
  if (b !== 0) {
    results[3] = i64(Math.ceil(a / b));
    results[4] = i64(Math.round(a / b));
    results[5] = i64(Math.floor(a / b) * 3 - Math.trunc(a / b));
  }
  results[6] = i64(Math.sign(a) * 10 + Math.sign(-b) + Math.abs(b) * 100);
  results[7] = i64(Math.round(-a / 2) + Math.ceil(b / -3) + (Math.round(b) - Math.ceil(a)));
  return XDP.PASS;
});

const Wide = struct("wide_shifts", { a: i64, b: i8, results: array(i64, 10) });

export const wide = xdp((ctx) => {
  const s = ctx.packet.at(0, Wide);
  if (!s) return XDP.ABORTED;
  const { a, b, results } = s;
  const n = i64(b);
  results[0] = a << n;
  results[1] = a >> n;
  results[2] = a << -n;
  results[3] = a >> (n + 64n);
  results[4] = (a << 64n) + (a >> 64n) + (a << 200n);
  results[5] = (a >> -3n) ^ (a << -3n);
  results[6] = BigInt.asIntN(64, (a << (n & 63n)) >> (n & 63n));
  results[7] = n << 63n;
  results[8] = n << a;
  results[9] = n >> a;
  return XDP.PASS;
});

const Powers = struct("powers", { a: i16, b: u8, results: array(i64, 7) });
interface Kept {
  readonly low: number;
  readonly high: number;
}

export const powers = xdp((ctx) => {
  const s = ctx.packet.at(0, Powers);
  if (!s) return XDP.ABORTED;
  const { a, b, results } = s;
  results[0] = i64(a ** 2 + b ** 3);
  results[1] = i64((b - 100) ** 4 - a ** 1 + a ** 0);
  let x: number = b;
  x **= 2;
  results[2] = i64(x);
  results[3] = i64(Number(i64(a) & 0xffn) + Number(i64(b) >> 1n));
  const total = i64(a) * i64(b);
  if (total > -1000n && total < 1000n) results[4] = i64(Number(total) * 2);
  const kept = { low: b as number, high: (a as i16) >> 3 } satisfies Kept;
  results[5] = i64(kept.low + kept.high);
  const port = (b satisfies number) as u8;
  results[6] = i64((port as number) + ([a, b] as const)[0]);
  return XDP.PASS;
});

// Signed 64-bit bigints: every operation wraps, division truncates towards zero, `>>` keeps the sign.
// bigint: signed
//
// sweep arithmetic: i64 i64
// sweep shifts: i64 u8
// sweep compares: i64 i64
// sweep conversions: i64 i32
import { i16, i32, i64, i8, struct, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";

const Arithmetic = struct("arithmetic", { a: i64, b: i64, sum: i64, difference: i64, product: i64, quotient: i64, rest: i64, and: i64, or: i64, xor: i64, minus: i64, not: i64, seventh: i64, rest8: i64, half: i64 });

export const arithmetic = xdp((ctx) => {
  const s = ctx.packet.at(0, Arithmetic);
  if (!s) return XDP.DROP;
  const { a, b } = s;
  s.sum = a + b;
  s.difference = a - b;
  s.product = a * b;
  s.quotient = a / b;
  s.rest = a % b;
  s.and = a & b;
  s.or = a | b;
  s.xor = a ^ b;
  s.minus = -a;
  s.not = ~b;
  s.seventh = a / 7n;
  s.rest8 = a % 8n;
  s.half = a / -2n;
  return XDP.PASS;
});

const Shifts = struct("shifts", { a: i64, count: u8, left: i64, right: i64, by3: i64, by63: i64, left63: i64 });

export const shifts = xdp((ctx) => {
  const s = ctx.packet.at(0, Shifts);
  if (!s) return XDP.DROP;
  const a = s.a;
  s.left = a << i64(s.count);
  s.right = a >> i64(s.count);
  s.by3 = a >> 3n;
  s.by63 = a >> 63n;
  s.left63 = a << 63n;
  return XDP.PASS;
});

const Compares = struct("compares", { a: i64, b: i64, less: u8, lessEqual: u8, greater: u8, greaterEqual: u8, equal: u8, unequal: u8, negative: u8, wrapped: u8 });

export const compares = xdp((ctx) => {
  const s = ctx.packet.at(0, Compares);
  if (!s) return XDP.DROP;
  const { a, b } = s;
  s.less = a < b ? 1 : 0;
  s.lessEqual = a <= b ? 1 : 0;
  s.greater = a > b ? 1 : 0;
  s.greaterEqual = a >= b ? 1 : 0;
  s.equal = a === b ? 1 : 0;
  s.unequal = a !== b ? 1 : 0;
  s.negative = a < 0n ? 1 : 0;
  s.wrapped = a + 1n < a ? 1 : 0;
  return a < b ? XDP.TX : XDP.PASS;
});

const Conversions = struct("conversions", { a: i64, b: i32, low: i32, low16: i16, low8: i8, unsigned: u32, wide: i64, sum: i64, cast: u64, narrow: i64 });

export const conversions = xdp((ctx) => {
  const s = ctx.packet.at(0, Conversions);
  if (!s) return XDP.DROP;
  const { a, b } = s;
  s.low = i32(a);
  s.low16 = i16(a);
  s.low8 = i8(a);
  s.unsigned = u32(a);
  s.wide = i64(b);
  s.sum = a + i64(b);
  s.cast = u64(a);
  s.narrow = BigInt.asIntN(12, a);
  return i32(a) === b ? XDP.TX : XDP.PASS;
});

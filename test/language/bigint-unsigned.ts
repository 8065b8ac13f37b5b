// Unsigned 64-bit bigints: every operation wraps, division by zero gives 0 and remainder by zero the dividend, shifts by
// 64 and more give 0.
//
// sweep arithmetic: u64 u64
// sweep compares: u64 u64
// sweep constants: u64 u32
// sweep conversions: u64 u32
import { i64, struct, u16, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";

const Arithmetic = struct("arithmetic", {
  a: u64, b: u64,
  sum: u64, difference: u64, product: u64, quotient: u64, rest: u64, and: u64, or: u64, xor: u64, left: u64, right: u64, minus: u64, not: u64, wrapped: u64,
});

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
  s.left = a << b;
  s.right = a >> b;
  s.minus = -a;
  s.not = ~a;
  s.wrapped = (a + b) / 3n + (a * b) % 7n;
  return XDP.PASS;
});

const Compares = struct("compares", { a: u64, b: u64, less: u8, lessEqual: u8, greater: u8, greaterEqual: u8, equal: u8, unequal: u8, zero: u8, truth: u8, wrappedLess: u8, big: u8 });

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
  s.zero = a === 0n ? 1 : 0;
  s.truth = a && !b ? 1 : 0;
  s.wrappedLess = a + 1n < a ? 1 : 0;
  s.big = a >= 0x8000_0000_0000_0000n ? 1 : 0;
  return a > b ? XDP.TX : XDP.PASS;
});

const Constants = struct("constants", { a: u64, b: u32, plus: u64, plusWide: u64, minus: u64, times: u64, mask: u64, maskWide: u64, left: u64, left63: u64, right: u64, quotient: u64, rest: u64, byTwo: u64, restByPower: u64, byZero: u64 });

const WIDE = 0x1234_5678_9abc_def0n;
const FOLDED = (WIDE >> 8n) * 3n - 1n;

export const constants = xdp((ctx) => {
  const s = ctx.packet.at(0, Constants);
  if (!s) return XDP.DROP;
  const a = s.a;
  s.plus = a + 1n;
  s.plusWide = a + WIDE;
  s.minus = 5n - a;
  s.times = a * 0x1_0000_0001n;
  s.mask = a & 0xffff_ffffn;
  s.maskWide = a & 0xff00_0000_0000_00ffn;
  s.left = a << 13n;
  s.left63 = a << 63n;
  s.right = a >> 9n;
  s.quotient = a / 1_000_000_007n;
  s.rest = a % 1000n;
  s.byTwo = a / 2n;
  s.restByPower = a % 4096n;
  s.byZero = FOLDED + BigInt(s.b);
  return XDP.PASS;
});

const Conversions = struct("conversions", { a: u64, b: u32, low: u32, low16: u16, low8: u8, wide: u64, sum: u64, signed: i64, high: u32, masked: u64, sign: u64 });

export const conversions = xdp((ctx) => {
  const s = ctx.packet.at(0, Conversions);
  if (!s) return XDP.DROP;
  const { a, b } = s;
  s.low = u32(a);
  s.low16 = u16(a);
  s.low8 = u8(a >> 3n);
  s.wide = BigInt(b);
  s.sum = a + BigInt(b) * 2n;
  s.signed = i64(a);
  s.high = u32(a >> 32n);
  s.masked = BigInt.asUintN(24, a);
  s.sign = u64(BigInt.asIntN(16, a));
  return u32(a) === b ? XDP.TX : XDP.PASS;
});

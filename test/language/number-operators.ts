// Operators on numbers of 32 bits and less: exact integers, ToInt32 for the bitwise ones, `>>> 0` for unsigned.
// Results are widened to 64 bits, so that a wrong upper half shows.
//
// sweep signed: i32 i32
// sweep unsigned: u32 u32
// sweep mixed: i32 u32
// sweep bytes: u8 i8
// sweep halves: i16 u16
// sweep compares: i32 i32
// sweep comparesMixed: u32 i32
// sweep unary: i32 u32
// sweep constants: i32 u32
import { i16, i32, i64, i8, struct, u16, u32, u8, xdp, XDP } from "@typebpf/dsl";

const Signed = struct("signed", {
  a: i32, b: i32,
  sum: i64, difference: i64, and: i64, or: i64, xor: i64, left: i64, right: i64, logical: i64, unsigned: i64, product: i64,
});

export const signed = xdp((ctx) => {
  const s = ctx.packet.at(0, Signed);
  if (!s) return XDP.DROP;
  const { a, b } = s;
  s.sum = i64(a + b);
  s.difference = i64(a - b);
  s.and = i64(a & b);
  s.or = i64(a | b);
  s.xor = i64(a ^ b);
  s.left = i64(a << b);
  s.right = i64(a >> b);
  s.logical = i64(a >>> b);
  s.unsigned = i64((a ^ b) >>> 0);
  s.product = i64(Math.imul(a, b));
  return XDP.PASS;
});

const Unsigned = struct("unsigned", {
  a: u32, b: u32,
  sum: i64, difference: i64, and: i64, or: i64, xor: i64, left: i64, right: i64, logical: i64, unsigned: i64, product: i64, joined: i64,
});

export const unsigned = xdp((ctx) => {
  const s = ctx.packet.at(0, Unsigned);
  if (!s) return XDP.DROP;
  const a = s.a;
  const b = s.b;
  s.sum = i64(a + b);
  s.difference = i64(a - b);
  s.and = i64(a & b);
  s.or = i64(a | b);
  s.xor = i64(a ^ b);
  s.left = i64(a << b);
  s.right = i64(a >> b);
  s.logical = i64(a >>> b);
  s.unsigned = i64((a & b) >>> 0);
  s.product = i64(Math.imul(a, b));
  s.joined = i64(((a << 16) | (b >>> 16)) >>> 0);
  return XDP.PASS;
});

const Mixed = struct("mixed", {
  a: i32, b: u32,
  sum: i64, difference: i64, reverse: i64, and: i64, or: i64, xor: i64, left: i64, right: i64, logical: i64, wrapped: u32, wrappedSigned: i32, low: u8, lowSigned: i8,
});

export const mixed = xdp((ctx) => {
  const s = ctx.packet.at(0, Mixed);
  if (!s) return XDP.DROP;
  const { a, b } = s;
  s.sum = i64(a + b);
  s.difference = i64(a - b);
  s.reverse = i64(b - a);
  s.and = i64(a & b);
  s.or = i64(a | b);
  s.xor = i64(a ^ b);
  s.left = i64(b << a);
  s.right = i64(b >> a);
  s.logical = i64(b >>> a);
  s.wrapped = u32(a + b);
  s.wrappedSigned = i32(a - b);
  s.low = u8(a + b);
  s.lowSigned = i8(a - b);
  return XDP.PASS;
});

const Bytes = struct("bytes", {
  a: u8, b: i8,
  product: i64, sum: i64, difference: i64, negated: i64, inverted: i64, shifted: i64, wide: i64, square: i64,
});

export const bytes = xdp((ctx) => {
  const s = ctx.packet.at(0, Bytes);
  if (!s) return XDP.DROP;
  const { a, b } = s;
  s.product = i64(a * b);
  s.sum = i64(a + b);
  s.difference = i64(a - b);
  s.negated = i64(-b - a);
  s.inverted = i64(~a + ~b);
  s.shifted = i64((a << 24) >> (b & 7));
  s.wide = i64(a * 0x0100_0000 * 2 + b);
  s.square = i64(b * b * b * b);
  return XDP.PASS;
});

const Halves = struct("halves", {
  a: i16, b: u16,
  product: i64, cube: i64, sum: i64, polynomial: i64, low: u16, lowSigned: i16,
});

export const halves = xdp((ctx) => {
  const s = ctx.packet.at(0, Halves);
  if (!s) return XDP.DROP;
  const { a, b } = s;
  s.product = i64(a * b);
  s.cube = i64(a * b * a);
  s.sum = i64(a + b);
  s.polynomial = i64((a + 3) * (b - 7) - (a - b) * 1000);
  s.low = u16(a * b);
  s.lowSigned = i16(a - b);
  return XDP.PASS;
});

const Flags = struct("flags", { a: i32, b: i32, less: u8, lessEqual: u8, greater: u8, greaterEqual: u8, equal: u8, unequal: u8, zero: u8, negative: u8, sumLess: u8, truth: u8 });

export const compares = xdp((ctx) => {
  const s = ctx.packet.at(0, Flags);
  if (!s) return XDP.DROP;
  const { a, b } = s;
  s.less = a < b ? 1 : 0;
  s.lessEqual = a <= b ? 1 : 0;
  s.greater = a > b ? 1 : 0;
  s.greaterEqual = a >= b ? 1 : 0;
  s.equal = a === b ? 1 : 0;
  s.unequal = a !== b ? 1 : 0;
  s.zero = a === 0 ? 1 : 0;
  s.negative = a < 0 ? 1 : 0;
  s.sumLess = a + b < a - b ? 1 : 0;
  s.truth = a && !b ? 1 : 0;
  return a < b ? XDP.TX : XDP.PASS;
});

const FlagsMixed = struct("flags_mixed", { a: u32, b: i32, less: u8, lessEqual: u8, greater: u8, greaterEqual: u8, equal: u8, unequal: u8, converted: u8, constant: u8, negative: u8 });

export const comparesMixed = xdp((ctx) => {
  const s = ctx.packet.at(0, FlagsMixed);
  if (!s) return XDP.DROP;
  const { a, b } = s;
  s.less = a < b ? 1 : 0;
  s.lessEqual = a <= b ? 1 : 0;
  s.greater = a > b ? 1 : 0;
  s.greaterEqual = a >= b ? 1 : 0;
  s.equal = a === b ? 1 : 0;
  s.unequal = a !== b ? 1 : 0;
  s.converted = (a | 0) === b ? 1 : 0;
  s.constant = a > 0x8000_0000 ? 1 : 0;
  s.negative = (a | 0) < 0 ? 1 : 0;
  return a < b ? XDP.TX : XDP.PASS;
});

const Unary = struct("unary", {
  a: i32, b: u32,
  minus: i64, minusUnsigned: i64, not: i64, notUnsigned: i64, absolute: i64, zeros: i64, zerosUnsigned: i64, least: i64, most: i64, sign: i64, toInt: i64, toUint: i64,
});

export const unary = xdp((ctx) => {
  const s = ctx.packet.at(0, Unary);
  if (!s) return XDP.DROP;
  const { a, b } = s;
  s.minus = i64(-a);
  s.minusUnsigned = i64(-b);
  s.not = i64(~a);
  s.notUnsigned = i64(~b);
  s.absolute = i64(Math.abs(a));
  s.zeros = i64(Math.clz32(a));
  s.zerosUnsigned = i64(Math.clz32(b));
  s.least = i64(Math.min(a, b));
  s.most = i64(Math.max(a, b));
  s.sign = i64(Math.sign(a));
  s.toInt = i64(b | 0);
  s.toUint = i64(a >>> 0);
  return XDP.PASS;
});

const Constants = struct("constants", {
  a: i32, b: u32,
  plus: i64, minus: i64, mask: i64, maskWide: i64, set: i64, flip: i64, left: i64, left31: i64, left32: i64, right: i64, right33: i64, logical: i64, times: i64, folded: i64, low: i64, minusOne: i64,
});

const KIBI = 1 << 10;
const FOLDED = ((KIBI * 3 + 7) ^ 0x55) >>> 1;

export const constants = xdp((ctx) => {
  const s = ctx.packet.at(0, Constants);
  if (!s) return XDP.DROP;
  const { a, b } = s;
  s.plus = i64(a + 0x7fff_ffff);
  s.minus = i64(0 - b);
  s.mask = i64(a & 0xffff);
  s.maskWide = i64(b & 0xffff_fff0);
  s.set = i64(a | 0x8000_0000);
  s.flip = i64(b ^ -1);
  s.left = i64(a << 3);
  s.left31 = i64(b << 31);
  s.left32 = i64(b << 32);
  s.right = i64(a >> 5);
  s.right33 = i64(a >> 33);
  s.logical = i64(a >>> 7);
  s.times = i64(b * 1000 - a * 12);
  s.folded = i64(FOLDED + KIBI);
  s.low = i64(u16(a) + u8(b) + i16(b) + i8(a));
  s.minusOne = i64((a & 0) - 1);
  return XDP.PASS;
});

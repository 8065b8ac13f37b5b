// Unions: several schemas over the same bytes, in packets, on the stack, inside structs; literals, copies, bit fields.
//
// run fixed
//   packet: 01020304 05060708
//   returns: PASS
//   out: 01020304 05060708 04 0403 04030201 01 02030405
// sweep pun: u32 u32
// sweep nested: u32 u16
// sweep flags: u16 u8
// sweep wide: i64
import { array, bits, i16, i32, i64, i8, struct, u16, u16be, u32, u32be, u64, u8, union, xdp, XDP } from "@typebpf/dsl";

const Word = union("word", { whole: u32, network: u32be, halves: array(u16, 2), bytes: array(u8, 4), signed: i32 });
const Fixed = struct("fixed", { word: Word, rest: u32be, last: u8, half: u16be, whole: array(u8, 4), first: u8, more: array(u8, 4) });
const Packed = struct("packed", { last: u8, high: u8, low: u8, swapped: array(u8, 4), first: u8, more: array(u8, 4) });

export const fixed = xdp((ctx) => {
  const f = ctx.packet.at(0, Fixed);
  const out = ctx.packet.at(8, Packed);
  if (!f || !out) return XDP.ABORTED;
  const { word } = f;
  out.last = word.bytes[3];
  const half = u16(word.whole >>> 16);
  out.high = u8(half >>> 8);
  out.low = u8(half);
  const swapped = Word({ network: word.whole });
  out.swapped = swapped.bytes;
  out.first = u8(word.network >>> 24);
  const next = Word({ network: f.rest - 0x03030303 });
  out.more = next.bytes;
  return word.halves[0] === 0x0201 && word.signed === 0x04030201 ? XDP.PASS : XDP.DROP;
});

const Out = struct("out", { a: u32, b: u32, w1: Word, w2: Word, h: u16, c: u8, s: i32 });

export const pun = xdp((ctx) => {
  const o = ctx.packet.at(0, Out);
  if (!o) return XDP.ABORTED;
  const word = Word({ halves: [u16(o.a)] });
  const empty = word.whole >>> 16;
  word.halves[1] = u16(o.b);
  word.bytes[0] ^= 0x5a;
  o.w1 = word;
  const copy = Word(word);
  copy.whole += 1;
  copy.bytes[3]++;
  o.w2 = copy;
  o.h = word.halves[o.b & 1] ?? 0;
  o.c = copy.bytes[o.a % 4] ?? 0;
  o.s = copy.signed;
  word.signed = -1;
  return word.network === 0xffffffff && empty === 0 ? (o.s < 0 ? XDP.TX : XDP.PASS) : XDP.DROP;
});

const Header = struct("header", { type: u8, code: u8, body: union("body", { echo: struct("echo", { id: u16be, seq: u16be }), gateway: u32be, mtu: struct("mtu", { unused: u16, value: u16be }) }) });
const Pair = struct("pair", { a: u32, b: u16, first: Header, second: Header, gateway: u32, mtu: u16 });

export const nested = xdp((ctx) => {
  const p = ctx.packet.at(0, Pair);
  if (!p) return XDP.ABORTED;
  const header = Header({ type: 8, body: { echo: { id: p.b, seq: u16(p.a) } } });
  p.first = header;
  p.gateway = header.body.gateway;
  header.body.gateway = p.a;
  p.mtu = header.body.mtu.value;
  const copy = { ...header, code: 3 };
  copy.body.mtu.unused = 0;
  p.second = copy;
  header.body = copy.body;
  header.body.echo.id += 1;
  return header.body.gateway === copy.body.gateway + 0x10000 ? XDP.PASS : XDP.DROP;
});

const Flags = union("flags", { raw: u16, bits: struct("flag_bits", { a: bits(u8, 3), b: bits(u8, 5), c: bits(u8, 8) }), net: struct("net_bits", { v: bits(u16be, 4), r: bits(u16be, 7), l: bits(u16be, 5) }), low: bits(u8, 2), high: bits(u16be, 3) });
const FlagsOut = struct("flags_out", { a: u16, b: u8, f1: Flags, f2: Flags, v: u8, r: u8, l: u8, low: u8, high: u8 });

export const flags = xdp((ctx) => {
  const o = ctx.packet.at(0, FlagsOut);
  if (!o) return XDP.ABORTED;
  const f = Flags({ raw: o.a });
  f.bits.a++;
  f.bits.b -= 1;
  f.bits.c ^= o.b;
  f.net.r += 1;
  f.net.l |= 1;
  o.f1 = f;
  o.v = f.net.v;
  o.r = f.net.r++;
  o.l = --f.net.l;
  f.low ^= 3;
  f.high += 3;
  o.low = f.low;
  o.high = f.high;
  o.f2 = f;
  return f.bits.a === 0 ? XDP.DROP : XDP.PASS;
});

const Wide = union("wide", { i: i64, u: u64, words: array(i32, 2), shorts: array(i16, 4), bytes: array(i8, 8) });
const WideOut = struct("wide_out", { in: Wide, sum: i64, low: i32, short: i16, byte: i8, out: Wide });

export const wide = xdp((ctx) => {
  const o = ctx.packet.at(0, WideOut);
  if (!o) return XDP.ABORTED;
  const w = Wide(o.in);
  o.low = w.words[1];
  o.short = w.shorts[2];
  o.byte = w.bytes[7];
  w.words[0] = -1;
  w.bytes[4] = -128;
  o.sum = w.i;
  o.out = w;
  return w.i < 0n ? XDP.DROP : XDP.PASS;
});

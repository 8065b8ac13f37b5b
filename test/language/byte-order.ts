// Big-endian fields read and write in host order; natively declared ones as they lie. At even and odd offsets.
//
// sweep swaps: u32be u64be u16be
// sweep arithmetic: u16be u32be
// run compares
//   packet: 1234 12345678 123456789abcdef0
//   returns: TX
// run compares
//   packet: 3412 12345678 123456789abcdef0
//   returns: DROP
// run misaligned
//   packet: ff 1234 12345678 123456789abcdef0 0102 03040506
//   returns: PASS
//   out: ff 1234 12345678 123456789abcdef0 0102 03040506 3412 78563412 f0debc9a78563412 00000000 1236 00000001
import { struct, u16, u16be, u32, u32be, u64, u64be, u8, xdp, XDP } from "@typebpf/dsl";

const Swaps = struct("swaps", { a: u32be, b: u64be, c: u16be, a2: u32, b2: u64, c2: u16, a3: u32be, b3: u64be, c3: u16be, low: u8, sum: u64 });

export const swaps = xdp((ctx) => {
  const s = ctx.packet.at(0, Swaps);
  if (!s) return XDP.ABORTED;
  s.a2 = s.a;
  s.b2 = s.b;
  s.c2 = s.c;
  s.a3 = s.a2;
  s.b3 = s.b2;
  s.c3 = s.c2;
  s.low = u8(s.a);
  s.sum = BigInt(s.a) + s.b + BigInt(s.c);
  return XDP.PASS;
});

const Arithmetic = struct("arithmetic", { a: u16be, b: u32be, a2: u16be, b2: u32be, product: u32be, flag: u16be });

export const arithmetic = xdp((ctx) => {
  const s = ctx.packet.at(0, Arithmetic);
  if (!s) return XDP.ABORTED;
  s.a += 1;
  s.b -= 2;
  s.a2 = u16(s.a ^ 0x00ff);
  s.b2 = u32(s.b + s.a);
  s.product = u32(s.a * 0x100);
  s.flag = s.a > s.b ? 0x1234 : 0x00ff;
  return s.a === 0x0100 ? XDP.TX : XDP.PASS;
});

const PortField = struct("port", { port: u16be });
const Word = struct("word", { word: u32be });
const Long = struct("long", { long: u64be });

export const compares = xdp((ctx) => {
  const port = ctx.packet.at(0, PortField);
  const word = ctx.packet.at(2, Word);
  const long = ctx.packet.at(6, Long);
  if (!port || !word || !long) return XDP.ABORTED;
  if (port.port !== 0x1234) return XDP.DROP;
  if (word.word < 0x12345600 || word.word > 0x123456ff) return XDP.DROP;
  if (long.long !== 0x123456789abcdef0n) return XDP.DROP;
  return (word.word & 0xff000000) === 0x12000000 ? XDP.TX : XDP.PASS;
});

export const misaligned = xdp((ctx) => {
  const half = ctx.packet.at(1, u16be);
  const word = ctx.packet.at(3, u32be);
  const long = ctx.packet.at(7, u64be);
  const nativeHalf = ctx.packet.at(21, u16);
  const nativeWord = ctx.packet.at(23, u32);
  const nativeLong = ctx.packet.at(27, u64);
  const changed = ctx.packet.at(39, u16be);
  const one = ctx.packet.at(41, u32be);
  if (!half || !word || !long || !nativeHalf || !nativeWord || !nativeLong || !changed || !one) return XDP.ABORTED;
  nativeHalf.value = half.value;
  nativeWord.value = word.value;
  nativeLong.value = long.value;
  changed.value = half.value + 2;
  one.value = 1;
  return XDP.PASS;
});

// Bit fields: native ones from the least significant bit, big-endian ones from the most significant; across bytes; their
// neighbours stay as they are.
//
// run read
//   packet: 45 a1 3b c7 de
//   returns: PASS
//   out: 45 a1 3b c7 de 000000 05 04 0000 00000000 3b00 0000 18000000 07000000
// sweep write: u32 u32
// sweep network: u32 u32
// sweep construct: u16 u8
import { bits, struct, u16, u16be, u32, u32be, u8, xdp, XDP } from "@typebpf/dsl";

// 45 | a1 | 3b c7: low 5, high 4, then at 2 a big-endian unit: 00 111011 11000 111.
const Fields = struct("fields", { low: bits(u8, 4), high: bits(u8, 4), pad: u8, a: bits(u16be, 2), b: bits(u16be, 6), c: bits(u16be, 5), d: bits(u16be, 3) });
const Out = struct("out", { low: u8, high: u8, a: u32, b: u16, c: u32, d: u32 });

export const read = xdp((ctx) => {
  const h = ctx.packet.at(0, Fields);
  const r = ctx.packet.at(8, Out);
  if (!h || !r) return XDP.ABORTED;
  r.low = h.low;
  r.high = h.high;
  r.a = h.a;
  r.b = h.b;
  r.c = h.c;
  r.d = h.d;
  return h.high === 4 && h.low === 5 ? XDP.PASS : XDP.DROP;
});

const Native = struct("native", { a: u32, b: u32, x: bits(u32, 5), y: bits(u32, 11), z: bits(u32, 16), p: bits(u16, 3), q: bits(u16, 9), r: bits(u8, 7), s: bits(u8, 1), x2: u32, y2: u32, z2: u32, p2: u32, q2: u32, r2: u32, s2: u32 });

export const write = xdp((ctx) => {
  const n = ctx.packet.at(0, Native);
  if (!n) return XDP.ABORTED;
  const { a, b } = n;
  n.x = u8(a & 0x1f);
  n.y = u16(b & 0x7ff);
  n.z = u16(a >>> 16);
  n.p = u8(b & 7);
  n.q = u16((a >>> 3) & 0x1ff);
  n.r = u8(b & 0x7f);
  n.s = a > b ? 1 : 0;
  n.y += 1;
  n.x2 = n.x;
  n.y2 = n.y;
  n.z2 = n.z;
  n.p2 = n.p;
  n.q2 = n.q;
  n.r2 = n.r;
  n.s2 = n.s;
  return n.s ? XDP.TX : XDP.PASS;
});

const Network = struct("network", { a: u32, b: u32, version: bits(u32be, 4), trafficClass: bits(u32be, 8), label: bits(u32be, 20), flags: bits(u16be, 3), offset: bits(u16be, 13), version2: u32, class2: u32, label2: u32, flags2: u32, offset2: u32 });

export const network = xdp((ctx) => {
  const n = ctx.packet.at(0, Network);
  if (!n) return XDP.ABORTED;
  const { a, b } = n;
  n.version = 6;
  n.trafficClass = u8(a & 0xff);
  n.label = u32(b & 0xfffff);
  n.flags = u8(b & 7);
  n.offset = u16(a & 0x1fff);
  n.version2 = n.version;
  n.class2 = n.trafficClass;
  n.label2 = n.label;
  n.flags2 = n.flags;
  n.offset2 = n.offset;
  n.label = 0x12345;
  return n.trafficClass === 0xff && n.version === 6 ? XDP.TX : XDP.PASS;
});

const Small = struct("small", { first: bits(u8, 3), second: bits(u8, 5), third: bits(u16be, 10), fourth: bits(u16be, 6), tail: u8 });

export const construct = xdp((ctx) => {
  const operands = ctx.packet.at(0, u16);
  const byte = ctx.packet.at(2, u8);
  const target = ctx.packet.at(8, Small);
  const copyTarget = ctx.packet.at(16, Small);
  if (!operands || !byte || !target || !copyTarget) return XDP.ABORTED;
  const small = Small({ first: u8(operands.value & 7), third: u16(operands.value & 0x3ff), tail: byte.value });
  small.second = u8(byte.value & 0x1f);
  Object.assign(target, small);
  Object.assign(copyTarget, { ...small, fourth: 0x2a });
  return small.second === 0 ? XDP.DROP : XDP.PASS;
});

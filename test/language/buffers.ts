// Typed arrays on the stack and DataView: indices, fill, set, subarray, both byte orders, at any offset.
//
// sweep bytes: u32 u8
// sweep ordered: i64 u8
// sweep words: u32 i32
// sweep wide: i64
// sweep parts: u32 u32
// run fills
//   packet: 05
//   returns: PASS
//   out: 05 00000000000000000000 ffffffffffff 0707 aaaaaaaaaaaa 090900
import { array, copy, i16, i32, i64, i8, struct, u16, u16be, u32, u32be, u64, u8, view, xdp, XDP } from "@typebpf/dsl";

const Bytes = struct("bytes", { a: u32, b: u8, out: array(u8, 16), sum: u32, length: u32 });

export const bytes = xdp((ctx) => {
  const p = ctx.packet.at(0, Bytes);
  if (!p) return XDP.ABORTED;
  const buffer = new Uint8Array(16);
  buffer[0] = u8(p.a);
  buffer[p.a & 15] = p.b;
  buffer[p.b % 16] ^= 0x5a;
  buffer[15]++;
  let sum = 0;
  for (const byte of buffer) sum += byte;
  for (let i = 0; i < buffer.length; i++) sum += (buffer[i] ?? 0) * i;
  p.sum = sum;
  p.length = buffer.length + buffer.byteLength;
  copy(p.out, buffer);
  return sum > 300 ? XDP.DROP : XDP.PASS;
});

const Ordered = struct("ordered", { a: i64, at: u8, out: array(u8, 24), s16: i32, u16: u32, s32: i64, big: u64, signed: i64, small: i8 });

export const ordered = xdp((ctx) => {
  const p = ctx.packet.at(0, Ordered);
  if (!p) return XDP.ABORTED;
  const buffer = new Uint8Array(24);
  const data = new DataView(buffer.buffer);
  const tail = new DataView(buffer.buffer, 13);
  const low = u32(p.a);
  data.setBigInt64(0, p.a);
  data.setUint32(9, low, true);
  data.setUint16(13, low);
  data.setInt16(15, low >> 3, true);
  data.setInt8(17, low);
  data.setInt32(18, -5);
  const at = p.at % 17;
  p.s16 = data.getInt16(at);
  p.u16 = data.getUint16(at, true);
  p.s32 = i64(data.getInt32(at & 7, true));
  p.big = data.getBigUint64(at, true);
  p.signed = data.getBigInt64(3);
  p.small = i8(tail.getInt8(4));
  data.setUint32(at, low >>> 1);
  tail.setUint16(1, tail.getUint16(0, true) + 1);
  copy(p.out, buffer);
  return data.getUint8(23) === tail.getUint8(10) ? XDP.PASS : XDP.DROP;
});

const Words = struct("words", { a: u32, b: i32, shorts: array(u16, 4), bytes: array(u8, 8), x: i32, y: i32 });

export const words = xdp((ctx) => {
  const p = ctx.packet.at(0, Words);
  if (!p) return XDP.ABORTED;
  const shorts = new Uint16Array(4);
  const signed = new Int32Array([1, -2, 3]);
  shorts[0] = u16(p.a);
  shorts[p.a & 3] = u16(p.b >>> 16);
  signed[p.a % 3] = p.b;
  const raw = new DataView(shorts.buffer);
  raw.setUint8(7, 0xfe);
  copy(p.shorts, shorts);
  for (let i = 0; i < 8; i++) p.bytes[i] = u8(raw.getUint8(i));
  p.x = signed[1];
  p.y = (signed[0] + signed[2]) | 0;
  return (shorts[2] ?? 0) > 100 ? XDP.TX : XDP.PASS;
});

const Wide = struct("wide", { a: i64, out: array(u64, 3), s: i64 });

export const wide = xdp((ctx) => {
  const p = ctx.packet.at(0, Wide);
  if (!p) return XDP.ABORTED;
  const list = new BigUint64Array(3);
  const other = new BigInt64Array(2);
  list[1] = u64(p.a);
  other.fill(p.a);
  const data = new DataView(list.buffer);
  data.setBigInt64(16, other[1]);
  list[0] = data.getBigUint64(5, true);
  p.out = array(u64, 3)(list);
  p.s = data.getBigInt64(2);
  return other[0] < 0n ? XDP.DROP : XDP.PASS;
});

const Head = struct("head", { kind: u8, size: u16be, value: u32be });
const Parts = struct("parts", { a: u32, b: u32, out: array(u8, 32), first: Head, last: u32 });

const put = (into: Uint8Array, at: number, value: number): number => {
  const head = view(into, at, Head);
  head.kind = u8(value);
  head.size = u16(value >>> 7);
  head.value = u32(value);
  return head.size;
};

export const parts = xdp((ctx) => {
  const p = ctx.packet.at(0, Parts);
  if (!p) return XDP.ABORTED;
  const buffer = new Uint8Array(32);
  const size = put(buffer, p.a & 15, p.b) + put(buffer, 17, p.a);
  const part = buffer.subarray(4, 12);
  part[0] = 0x77;
  part.set([1, 2, 3], 2);
  buffer.set(part, p.b & 7);
  buffer.set(buffer.subarray(0, 16), 5);
  copy(buffer, "end", 29);
  copy(p.out, buffer);
  p.first = view(buffer, 1, Head);
  p.last = view(part, p.a & 3, u32).value;
  view(p.out, 3, u16be).value = 0x1234;
  return size > 0xffff ? XDP.TX : XDP.PASS;
});

const Fills = struct("fills", { a: u8, zero: array(u8, 10), ones: array(u8, 6), sevens: array(u8, 2), more: array(u8, 6), nines: array(u8, 3) });

export const fills = xdp((ctx) => {
  const p = ctx.packet.at(0, Fills);
  if (!p) return XDP.ABORTED;
  copy(p.zero, new Uint8Array(10));
  const ones = new Uint8Array(6).fill(0x1ff);
  copy(p.ones, ones);
  const sevens = new Uint8Array(2);
  copy(p.sevens, sevens.fill(p.a + 2 + 0x100));
  const more = new Uint8Array(8).fill(0xaa, 1, -1);
  copy(p.more, more.subarray(1, 7));
  const nines = new Uint8Array(3);
  nines.fill(9).fill(0, 2);
  copy(p.nines, nines);
  return more[0] === 0 && more[7] === 0 && i16(ones[5] ?? 0) === 255 ? XDP.PASS : XDP.DROP;
});

// Packet access: offsets known only at run time, at the end and past it, negative, beyond 64 KiB; the length.
//
// sweep offsets: u16 u8
// sweep negative: i32 u8
// sweep header: u8 u8
// run ends
//   packet: 00010203 04050607 08090a0b 0c0d0e0f (exact)
//   returns: TX
// run ends
//   packet: 00010203 04050607 08090a0b 0c0d0e0f 10 (exact)
//   returns: PASS
// run ends
//   packet: 00010203 04050607 08090a0b 0c0d0e (exact)
//   returns: DROP
// run length
//   packet: 0000 (to 100)
//   out: 64000000 6400000000000000
//   returns: PASS
// run walk
//   packet: 01 02 ff 02 01 03 03 ffff 00
//   returns: PASS
//   out: 01 02 ff 02 01 03 03 ffff 03
import { array, i32, struct, u16, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";

const Offsets = struct("offsets", { offset: u16, add: u8, seen: u8, word: u32 });

export const offsets = xdp((ctx) => {
  const s = ctx.packet.at(0, Offsets);
  if (!s) return XDP.ABORTED;
  const byte = ctx.packet.at(s.offset, u8);
  if (byte) s.seen = 1;
  const word = ctx.packet.at(s.offset + s.add * 4, u32);
  if (!word) return XDP.DROP;
  const same = ctx.packet.at(s.offset + s.add * 4, u16);
  s.word = word.value;
  word.value = 0x11223344;
  if (same) same.value += 1;
  return XDP.PASS;
});

const Negative = struct("negative", { offset: i32, scale: u8, found: u8 });

export const negative = xdp((ctx) => {
  const s = ctx.packet.at(0, Negative);
  if (!s) return XDP.ABORTED;
  const there = ctx.packet.at(s.offset, u8);
  if (!there) return XDP.DROP;
  s.found = u8(there.value + 1);
  const scaled = ctx.packet.at(s.offset * s.scale - 3, u16);
  return scaled ? XDP.TX : XDP.PASS;
});

const Header = struct("header", { words: u8, kind: u8 });
const Body = struct("body", { bytes: array(u8, 6) });

export const header = xdp((ctx) => {
  const head = ctx.packet.at(0, Header);
  if (!head) return XDP.ABORTED;
  const body = ctx.packet.at(2 + (head.words & 15) * 4, Body);
  if (!body || body.bytes[0] > 5) return XDP.DROP;
  body.bytes[head.kind & 3] = 0xab;
  const again = ctx.packet.at(2 + (head.words & 15) * 4, Body) ?? ctx.packet.at(0, Body);
  if (again) again.bytes[5] = again.bytes[0];
  return body.bytes[0] === 0xab ? XDP.TX : XDP.PASS;
});

export const ends = xdp((ctx) => {
  const last = ctx.packet.at(15, u8);
  if (!last) return XDP.DROP;
  const long = ctx.packet.at(8, u64);
  const over = ctx.packet.at(9, u64);
  if (!long) return XDP.ABORTED;
  return over ? XDP.PASS : XDP.TX;
});

const Length = struct("length", { number: u32 });

export const length = xdp((ctx) => {
  const number = ctx.packet.at(0, Length);
  const wide = ctx.packet.at(4, u64);
  if (!number || !wide || ctx.packet.length < 64) return XDP.ABORTED;
  number.number = ctx.packet.length;
  wide.value = BigInt(ctx.packet.length);
  return ctx.packet.length > 100 ? XDP.DROP : XDP.PASS;
});

/** Follows type-length-value options until one of length 0. */
export const walk = xdp((ctx) => {
  let offset = 0;
  let count = 0;
  for (let i = 0; i < 8; i++) {
    const option = ctx.packet.at(offset, Header);
    if (!option) return XDP.DROP;
    if (option.words === 0) {
      option.words = u8(count);
      return XDP.PASS;
    }
    offset += option.kind + 1;
    count++;
  }
  return XDP.TX;
});

// Packets that are too short for one thing and long enough for another: what is read where a check has failed.
// not javascript: helpers move the end of the packet
//
// run smaller
//   packet: 01 02 03 (to 20)
//   returns: TX
//   out: 05 02 03
// run smaller
//   packet: 01 02 03 (to 64)
//   returns: PASS
//   out: 01 02 03
// run smaller
//   packet: 09 02 03 (to 14)
//   returns: TX
//   out: 05 02 03
// run earlier
//   packet: 0000000000000000000000000806 (exact)
//   returns: TX
// run earlier
//   packet: 0000000000000000000000000800 (to 30)
//   returns: ABORTED
// run earlier
//   packet: 0000000000000000000000000800 4500 0000000000000000000007 (to 34)
//   returns: DROP
// run ladder
//   packet: 00 (to 14)
//   out: 01
// run ladder
//   packet: 00 (to 17)
//   out: 04
// run ladder
//   packet: 00 (to 18)
//   out: 0c
// run ladder
//   packet: 00 (to 24)
//   out: 1c
// run ladder
//   packet: 00 (to 40)
//   out: 2c
// run wider
//   packet: 0004 0000 0000 0000 0000 0000 1122334455667788 (to 40)
//   returns: TX
//   out: 0004 0000 0000 0000 0000 0000 1122334455667799
// run wider
//   packet: 0005 (to 16)
//   returns: DROP
// run wider
//   packet: ffff (to 64)
//   returns: PASS
// run afterTail
//   packet: 0001 (to 64)
//   returns: PASS
//   out: 3c01
import { array, struct, u16, u16be, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";
import { Ethernet, IPv4 } from "@typebpf/dsl/net";

const Block = struct("block", { bytes: array(u8, 32) });

export const smaller = xdp((ctx) => {
  const block = ctx.packet.at(0, Block);
  if (block) return XDP.PASS;
  const first = ctx.packet.at(0, u8);
  if (!first) return XDP.DROP;
  first.value = 5;
  return XDP.TX;
});

export const earlier = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth) return XDP.PASS;
  const ip = ctx.packet.at(14, IPv4);
  if (!ip) return eth.proto === 0x0806 ? XDP.TX : XDP.ABORTED;
  return eth.proto === 0x0800 && ip.ihl === 5 ? XDP.DROP : XDP.PASS;
});

/** Checks of growing and falling lengths, each with its own way out. */
export const ladder = xdp((ctx) => {
  const count = ctx.packet.at(0, u8);
  if (!count) return XDP.DROP;
  let found = 0;
  if (ctx.packet.at(36, u32)) found = 32;
  if (!ctx.packet.at(20, u32)) found += 0;
  else if (!ctx.packet.at(36, u16)) found += 16;
  if (ctx.packet.at(14, u32)) found += 8;
  if (ctx.packet.at(16, u8)) found += 4;
  if (!ctx.packet.at(15, u16) && ctx.packet.at(6, u64)) found += 1;
  count.value = u8(found);
  return XDP.PASS;
});

/** The same offset, too far for the wide one and not for the narrow one: their pointers cannot be one to the verifier. */
export const wider = xdp((ctx) => {
  const head = ctx.packet.at(0, u16be);
  if (!head) return XDP.ABORTED;
  const offset = head.value * 3;
  const byte = ctx.packet.at(offset, u8);
  if (!byte) return XDP.PASS;
  const wide = ctx.packet.at(offset, u64);
  if (!wide) return XDP.DROP;
  const last = ctx.packet.at(offset + 7, u8);
  if (last) last.value = u8(last.value + 0x11);
  return byte.value === 0x11 && wide.value !== 0n ? XDP.TX : XDP.PASS;
});

export const afterTail = xdp((ctx) => {
  if (ctx.adjustTail(-4) !== 0) return XDP.ABORTED;
  if (ctx.packet.at(60, u8)) return XDP.DROP;
  const first = ctx.packet.at(0, u8);
  if (!first) return XDP.ABORTED;
  first.value = u8(ctx.packet.length);
  const half = ctx.packet.at(60, u16be) ?? ctx.packet.at(58, u16be);
  return half ? XDP.PASS : XDP.TX;
});

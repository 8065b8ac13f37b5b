// Helpers and fields of the context. What the clock and chance give is not said here, only what must hold of it.
// not javascript: helpers live in the kernel or the simulator
//
// run clock
//   returns: PASS
// run chance
//   returns: PASS
// run fields
//   context: ingressIfindex=1 rxQueueIndex=0
//   returns: PASS
//   out: 01000000 00000000
// run shrinkHead
//   packet: 000102030405060708090a0b0c0d0e0f10111213 (to 64)
//   returns: PASS
//   out: ee05060708090a0b0c0d0e0f
// run growHead
//   packet: 000102030405060708090a0b0c0d0e0f (to 64)
//   returns: TX
//   out: aabbccdd000102030405060708090a0b0c0d0e0f
// run tooMuch
//   packet: 0001020304 (to 20)
//   returns: DROP
//   out: ea00020304
// run shrinkTail
//   packet: 0001 (to 64)
//   returns: PASS
//   out: 3c01
// run growTail
//   packet: 0001 (to 20)
//   returns: PASS
//   out: 24010000000000000000000000000000 00000000 77
// run redirects
//   returns: REDIRECT
import { struct, u16, u32, u8, xdp, XDP } from "@typebpf/dsl";

export const clock = xdp((ctx) => {
  const first = ctx.ktimeGetNs();
  const second = ctx.ktimeGetNs();
  return second >= first && first > 0n && ctx.getSmpProcessorId() < 4096 ? XDP.PASS : XDP.DROP;
});

export const chance = xdp((ctx) => {
  let all = 0;
  for (let i = 0; i < 8; i++) all |= ctx.getPrandomU32();
  return all !== 0 ? XDP.PASS : XDP.DROP;
});

const Fields = struct("fields", { ifindex: u32, queue: u32 });

export const fields = xdp((ctx) => {
  const out = ctx.packet.at(0, Fields);
  if (!out) return XDP.ABORTED;
  out.ifindex = ctx.ingressIfindex;
  out.queue = ctx.rxQueueIndex;
  return ctx.rxQueueIndex === 0 ? XDP.PASS : XDP.DROP;
});

export const shrinkHead = xdp((ctx) => {
  if (ctx.adjustHead(4) !== 0) return XDP.ABORTED;
  const first = ctx.packet.at(0, u8);
  if (!first || first.value !== 4) return XDP.DROP;
  first.value = 0xee;
  return ctx.packet.length === 60 ? XDP.PASS : XDP.TX;
});

export const growHead = xdp((ctx) => {
  const before = ctx.packet.length;
  const failed = ctx.adjustHead(-4);
  if (failed) return XDP.ABORTED;
  const word = ctx.packet.at(0, u32);
  if (!word) return XDP.DROP;
  word.value = 0xddccbbaa;
  return ctx.packet.length - before === 4 ? XDP.TX : XDP.PASS;
});

export const tooMuch = xdp((ctx) => {
  const status = ctx.adjustHead(10);
  const first = ctx.packet.at(0, u16);
  if (!first) return XDP.ABORTED;
  first.value = u8(status);
  return status < 0 ? XDP.DROP : XDP.PASS;
});

export const shrinkTail = xdp((ctx) => {
  if (ctx.adjustTail(-4) !== 0) return XDP.ABORTED;
  if (ctx.packet.at(60, u8)) return XDP.DROP;
  const first = ctx.packet.at(0, u8);
  if (first) first.value = u8(ctx.packet.length);
  return XDP.PASS;
});

export const growTail = xdp((ctx) => {
  if (ctx.adjustTail(16) !== 0) return XDP.ABORTED;
  const first = ctx.packet.at(0, u8);
  const last = ctx.packet.at(20, u8);
  if (!first || !last) return XDP.DROP;
  first.value = u8(ctx.packet.length);
  last.value += 0x77;
  return XDP.PASS;
});

export const redirects = xdp((ctx) => ctx.redirect(1));

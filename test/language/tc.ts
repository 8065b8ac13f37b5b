// Traffic control programs: fields of the context that are read and written, bytes that are loaded and stored by helpers,
// checksums that are corrected, and what a write to the context leaves alone.
// not javascript: helpers and the context live in the kernel or the simulator
//
// run paints
//   packet: 000000000000 000000000000 0800 45
//   returns: TC.OK
//   leaves: mark=259 priority=260 tstamp=6 cb[0]=0 cb[2]=7 cb[3]=14
// run paints
//   packet: 000000000000 000000000000 86dd 60 (to 80)
//   context: mark=9 priority=8
//   returns: TC.PIPE
//   leaves: mark=259
// run wraps
//   returns: TC.OK
// run repeats
//   packet: 000000000000 000000000000 88b5
//   context: mark=5
//   returns: TC.RECLASSIFY
//   leaves: mark=21 priority=10
// run between
//   packet: 0102
//   returns: TC.OK
//   out: 0302
// run loads
//   packet: 000000000000 000000000000 0800 45 00 0014 0000 0000 40 11 0000 0a000001 0a000002
//   returns: TC.OK
//   leaves: mark=17
// run loads
//   packet: 000000000000 000000000000 88b5 (to 33)
//   returns: TC.UNSPEC
// run loadsAgain
//   packet: 01020304 05060708 0a
//   returns: TC.OK
//   leaves: mark=56
// run stores
//   packet: 000000000000 000000000000 88b5
//   returns: TC.OK
//   out: 000000000000 000000000000 88b5 0102 00 ff ff 11223344 ee
// run storesFar
//   packet: 000000000000 000000000000 88b5 (to 40)
//   returns: TC.SHOT
// run storesPacket
//   packet: 0102030405060708
//   returns: TC.OK
//   out: 0102030405060708 0102030405060708
// run corrects
//   packet: 000000000000 000000000000 0800 4500002e12340000401154890a0000020a000001 00010002001aaf78
//   returns: TC.OK
//   out: 000000000000 000000000000 0800 4500002e1234000040115a85010203040a000001 00010002001ab574
// run differs
//   packet: 00000001 ffff0203
//   returns: TC.OK
// run redirects
//   returns: TC.REDIRECT
// run pulls
//   packet: 01
//   returns: TC.OK
//   out: 02
// run nothing
//   returns: TC.UNSPEC
import { array, CsumReplace, Redirect, sizeOf, struct, StoreBytes, tc, TC, u16be, u32, u32be, u64, u8, type TcContext } from "@typebpf/dsl";
import { EtherType, Ethernet, IPv4 } from "@typebpf/dsl/net";

function paint(ctx: TcContext, mark: number): void {
  ctx.mark = mark;
  ctx.mark |= 0x100;
  ctx.priority = ctx.mark + 1;
  ctx.cb[2] = 7;
  ctx.cb[3] = ctx.cb[2] * 2;
  ctx.tstamp = 5n;
  ctx.tstamp += 1n;
}

export const paints = tc((ctx) => {
  paint(ctx, 3);
  return ctx.protocol === EtherType.IPv4 ? TC.OK : TC.PIPE;
});

export const wraps = tc((ctx) => {
  ctx.tcIndex = 0xfff0;
  ctx.tcIndex += 0x20;
  ctx.queueMapping++;
  return ctx.tcIndex === 0x10 && ctx.queueMapping === 1 && ctx.len === 64 && ctx.wireLen === 64 ? TC.OK : TC.SHOT;
});

export const repeats = tc((ctx) => {
  for (let round = 0; round < 4; round++) {
    ctx.mark += round + 1;
    if (round === 1) ctx.priority = ctx.mark + 2;
  }
  ctx.mark += ctx.mark === 15 ? 6 : 0;
  return ctx.mark === 21 && ctx.protocol === 0x88b5 ? TC.RECLASSIFY : TC.SHOT;
});

// A packet ref outlives a write to the context.
export const between = tc((ctx) => {
  const first = ctx.packet.at(0, u8);
  ctx.mark = 2;
  const second = ctx.packet.at(1, u8);
  if (!first || !second) return TC.SHOT;
  first.value += second.value;
  return ctx.mark === second.value ? TC.OK : TC.SHOT;
});

export const loads = tc((ctx) => {
  const ip = ctx.loadBytes(sizeOf(Ethernet), IPv4);
  if (!ip) return TC.UNSPEC;
  ip.ttl += 1;
  const other = ctx.loadBytes(sizeOf(Ethernet), IPv4);
  if (ip.ttl !== 65 || other?.ttl !== 64 || ip.saddr !== 0x0a000001 || ip.version !== 4) return TC.SHOT;
  ctx.mark = ip.protocol;
  return TC.OK;
});

export const loadsAgain = tc((ctx) => {
  let sum = 0;
  for (let at = 0; at < 5; at++) {
    const pair = ctx.loadBytes(at * 2, array(u8, 2));
    if (!pair) break;
    sum += pair[0] + pair[1];
  }
  const word = ctx.loadBytes(8, u8);
  ctx.mark = sum + (word ? word.value : 0);
  return ctx.loadBytes(63, u16be) ? TC.SHOT : TC.OK;
});

const Mixed = struct("mixed", { kind: u16be, small: u8, wide: u32 });

export const stores = tc((ctx) => {
  const pair = array(u8, 2)([1, 2]);
  if (ctx.storeBytes(14, pair) !== 0) return TC.SHOT;
  if (ctx.storeBytes(17, array(u8, 2)([0xff, 0xff]), StoreBytes.INVALIDATE_HASH) !== 0) return TC.SHOT;
  const mixed = Mixed({ wide: 0x44332211 });
  mixed.small = 0xee;
  const { wide } = mixed;
  const words = array(u32, 1)([wide]);
  if (ctx.storeBytes(19, words) !== 0) return TC.SHOT;
  const byte = array(u8, 1)([mixed.small]);
  return ctx.storeBytes(23, byte) === 0 ? TC.OK : TC.SHOT;
});

export const storesFar = tc((ctx) => {
  const status = ctx.storeBytes(37, array(u8, 4)());
  return status < 0 && ctx.storeBytes(0, array(u8, 4)(), 0x100) < 0 ? TC.SHOT : TC.OK;
});

// The kernel reads no packet memory here: the bytes go by the stack.
export const storesPacket = tc((ctx) => {
  const head = ctx.packet.at(0, u64);
  if (!head) return TC.SHOT;
  return ctx.storeBytes(8, head) === 0 ? TC.OK : TC.SHOT;
});

const Address = struct("address", { value: u32be });

// Values are in host order on both sides; the size says how they lie in the packet.
export const corrects = tc((ctx) => {
  const ip = ctx.loadBytes(sizeOf(Ethernet), IPv4);
  if (!ip) return TC.SHOT;
  const [from, to] = [ip.saddr, 0x01020304];
  if (ctx.l3CsumReplace(24, from, to, 4) !== 0) return TC.SHOT;
  if (ctx.l4CsumReplace(40, from, to, 4 | CsumReplace.PSEUDO_HDR) !== 0) return TC.SHOT;
  if (ctx.storeBytes(26, Address({ value: to })) !== 0) return TC.SHOT;
  if (ctx.l3CsumReplace(25, from, to, 4) === 0 || ctx.l3CsumReplace(24, 1, to, 0) === 0) return TC.SHOT;
  // There and back again, two bytes at a time.
  if (ctx.l3CsumReplace(24, 0x1234, 0x5678, 2) !== 0 || ctx.l3CsumReplace(24, 0x5678, 0x1234, 2) !== 0) return TC.SHOT;
  return TC.OK;
});

export const differs = tc((ctx) => {
  const words = ctx.packet.at(0, array(u32, 2));
  if (!words) return TC.SHOT;
  const pushed = ctx.csumDiff(undefined, words, 0);
  const pulled = ctx.csumDiff(words, undefined, u32(pushed));
  const none = ctx.csumDiff(undefined, undefined, 5);
  // Nothing is left but one of the two zeros of one's complement.
  return pushed > 0n && (pulled === 0n || pulled === 0xffffn) && none === 5n ? TC.OK : TC.SHOT;
});

export const redirects = tc((ctx) => (ctx.len > 0 ? ctx.redirect(1, Redirect.INGRESS) : ctx.redirect(1)));

export const pulls = tc((ctx) => {
  const before = ctx.packet.at(0, u8);
  if (!before || before.value !== 1) return TC.PIPE;
  if (ctx.pullData(ctx.len) !== 0 || ctx.pullData(ctx.len + 1) === 0) return TC.SHOT;
  const after = ctx.packet.at(0, u8);
  if (!after) return TC.SHOT;
  after.value += 1;
  return TC.OK;
});

export const nothing = tc(() => TC.UNSPEC);

// Programs on socket buffers whose helpers the simulator and the kernel must agree on: what they did stands in the context.
import { AdjustRoom, array, CsumLevel, CsumReplace, Redirect, socketFilter, StoreBytes, struct, tc, TC, u32, u8 } from "@typebpf/dsl";
import { IPv4 } from "@typebpf/dsl/net";

/** A negative errno as it fits a field: its complement. */
const status = (value: number): number => (value < 0 ? -value : 0);

export const fields = tc((ctx) => {
  ctx.cb[0] = (ctx.pktType << 24) | (ctx.ifindex << 16) | ctx.ingressIfindex;
  ctx.cb[1] = ctx.protocol;
  ctx.cb[2] = ctx.len;
  ctx.cb[3] = ctx.wireLen;
  ctx.cb[4] = ctx.gsoSegs | (ctx.gsoSize << 16);
  ctx.priority = ctx.vlanPresent | ctx.queueMapping | ctx.hash | ctx.tcClassid | ctx.napiId | ctx.tstampType;
  ctx.tstamp = ctx.hwtstamp + 1n;
  return TC.OK;
});

export const filterFields = socketFilter((ctx) => {
  ctx.cb[0] = (ctx.pktType << 24) | ctx.mark;
  ctx.cb[1] = ctx.protocol;
  ctx.cb[2] = ctx.queueMapping | ctx.vlanPresent | ctx.tcIndex | ctx.hash;
  ctx.cb[3] = ctx.priority + ctx.ingressIfindex;
  return ctx.len;
});

export const push = tc((ctx) => {
  ctx.cb[0] = status(ctx.vlanPush(0x8100, 0x123));
  ctx.cb[1] = (ctx.vlanTci << 16) | ctx.vlanProto;
  ctx.cb[2] = status(ctx.vlanPush(0x88a8, 0x456));
  ctx.cb[3] = (ctx.vlanTci << 16) | ctx.vlanProto;
  ctx.cb[4] = (ctx.len << 16) | ctx.protocol;
  return TC.OK;
});

export const pushPop = tc((ctx) => {
  ctx.vlanPush(0x8100, 1);
  ctx.vlanPush(0x8100, 2);
  ctx.cb[0] = status(ctx.vlanPop());
  ctx.cb[1] = (ctx.vlanTci << 16) | ctx.vlanPresent;
  ctx.cb[2] = status(ctx.vlanPop());
  ctx.cb[3] = (ctx.vlanTci << 16) | ctx.vlanPresent;
  ctx.cb[4] = (ctx.len << 16) | ctx.protocol;
  return ctx.vlanPop() === 0 ? TC.OK : TC.SHOT;
});

export const pop = tc((ctx) => {
  ctx.cb[0] = status(ctx.vlanPop());
  ctx.cb[1] = (ctx.vlanTci << 16) | ctx.vlanProto;
  ctx.cb[2] = (ctx.len << 16) | ctx.protocol;
  const first = ctx.loadBytesRelative(0, u8, 1);
  ctx.cb[3] = first ? first.value : 0x1ff;
  return TC.OK;
});

export const tail = tc((ctx) => {
  ctx.cb[0] = status(ctx.changeTail(ctx.len + 7));
  ctx.cb[1] = ctx.packet.length;
  ctx.cb[2] = status(ctx.changeTail(20));
  ctx.cb[3] = status(ctx.changeTail(13));
  ctx.cb[4] = status(ctx.changeTail(17000)) + status(ctx.changeTail(30, 1));
  return TC.OK;
});

export const head = tc((ctx) => {
  ctx.cb[0] = status(ctx.changeHead(14));
  ctx.cb[1] = ctx.len;
  const first = ctx.loadBytesRelative(0, u8, 1);
  const mac = ctx.loadBytesRelative(14, u8, 0);
  ctx.cb[2] = first ? first.value : 0x1ff;
  ctx.cb[3] = mac ? mac.value : 0x1ff;
  ctx.cb[4] = status(ctx.changeHead(17000));
  return TC.OK;
});

export const toIpv6 = tc((ctx) => {
  ctx.cb[0] = status(ctx.changeProto(0x86dd));
  ctx.cb[1] = (ctx.len << 16) | ctx.protocol;
  ctx.cb[2] = status(ctx.changeProto(0x86dd));
  ctx.cb[3] = status(ctx.changeProto(0x0800, 1));
  return TC.OK;
});

export const toIpv4 = tc((ctx) => {
  ctx.cb[0] = status(ctx.changeProto(0x0800));
  ctx.cb[1] = (ctx.len << 16) | ctx.protocol;
  return TC.OK;
});

export const room = tc((ctx) => {
  ctx.cb[0] = status(ctx.adjustRoom(8, AdjustRoom.NET));
  ctx.cb[1] = ctx.len;
  ctx.cb[2] = status(ctx.adjustRoom(4, AdjustRoom.MAC)) | (status(ctx.adjustRoom(-6, AdjustRoom.NET)) << 16);
  ctx.cb[3] = status(ctx.adjustRoom(0x1000, AdjustRoom.MAC)) | (status(ctx.adjustRoom(4, 2)) << 16);
  ctx.cb[4] = status(ctx.adjustRoom(-200, AdjustRoom.MAC)) | (status(ctx.adjustRoom(4, 0, 0x2000)) << 16);
  return TC.OK;
});

export const encapsulate = tc((ctx) => {
  ctx.cb[0] = status(ctx.adjustRoom(40, AdjustRoom.MAC, 4));
  ctx.cb[1] = (ctx.len << 16) | ctx.protocol;
  ctx.cb[2] = status(ctx.adjustRoom(4, AdjustRoom.MAC, 6)) | (status(ctx.adjustRoom(-4, AdjustRoom.MAC, 4)) << 16);
  ctx.cb[3] = status(ctx.adjustRoom(40, AdjustRoom.MAC, 4)) | (status(ctx.changeTail(ctx.len)) << 16);
  return TC.OK;
});

export const types = tc((ctx) => {
  ctx.cb[0] = status(ctx.changeType(0));
  ctx.cb[1] = ctx.pktType;
  ctx.cb[2] = status(ctx.changeType(4));
  ctx.setHash(77);
  ctx.cb[3] = ctx.hash + ctx.getHashRecalc();
  ctx.setHashInvalid();
  ctx.cb[4] = ctx.hash + (ctx.getHashRecalc() === ctx.hash ? 1 : 0);
  return TC.OK;
});

export const sums = tc((ctx) => {
  ctx.cb[0] = u32(ctx.csumUpdate(5));
  ctx.cb[1] = u32(ctx.csumLevel(CsumLevel.QUERY));
  ctx.csumLevel(CsumLevel.INC);
  ctx.csumLevel(CsumLevel.INC);
  ctx.cb[2] = u32(ctx.csumLevel(CsumLevel.QUERY));
  ctx.csumLevel(CsumLevel.DEC);
  ctx.csumLevel(CsumLevel.DEC);
  ctx.cb[3] = u32(ctx.csumLevel(CsumLevel.QUERY));
  ctx.cb[4] = u32(ctx.csumLevel(9));
  return TC.OK;
});

export const sends = tc((ctx) => {
  ctx.cb[0] = status(ctx.cloneRedirect(1, 4));
  ctx.cb[1] = ctx.redirect(1, 2) | (ctx.redirect(1, Redirect.INGRESS) << 8);
  ctx.cb[2] = ctx.redirectPeer(1) | (ctx.redirectPeer(1, 1) << 8);
  ctx.cb[3] = ctx.redirectNeigh(1, undefined) | (ctx.redirectNeigh(1, array(u8, 20)()) << 8);
  ctx.cb[4] = ctx.redirectNeigh(1, array(u8, 16)()) | (ctx.redirectNeigh(1, undefined, 1) << 8);
  return TC.OK;
});

const Word = struct("word", { value: u32 });

export const sumsOfBytes = tc((ctx) => {
  const ip = ctx.loadBytes(14, IPv4);
  if (!ip) return TC.SHOT;
  ctx.cb[0] = u32(ctx.csumDiff(undefined, ip, 0));
  ctx.cb[1] = u32(ctx.csumDiff(ip, Word({ value: 0x12345678 }), 0xffff));
  ctx.cb[2] = u32(ctx.csumDiff(array(u8, 4)([1]), undefined, 0));
  ctx.cb[3] = status(ctx.l3CsumReplace(24, 0, ctx.cb[1], 0));
  ctx.cb[4] = status(ctx.l4CsumReplace(40, ctx.mark, 0x9999, 2 | CsumReplace.MARK_MANGLED_0));
  return TC.OK;
});

export const edges = tc((ctx) => {
  ctx.cb[0] = status(ctx.storeBytes(0, Word({ value: 1 }), StoreBytes.INVALIDATE_HASH));
  ctx.cb[1] = status(ctx.storeBytes(0x7fffffff, Word())) | (status(ctx.storeBytes(ctx.len - 3, Word())) << 16);
  ctx.cb[2] = status(ctx.l3CsumReplace(0x10000, 1, 2, 2)) | (status(ctx.l3CsumReplace(24, 1, 2, 0x12)) << 16);
  ctx.cb[3] = status(ctx.l4CsumReplace(40, 1, 2, 3)) | (status(ctx.pullData(ctx.len + 1)) << 16);
  ctx.cb[4] = (ctx.loadBytes(ctx.len - 3, u32) ? 1 : 0) + (ctx.loadBytesRelative(0, u8, 2) ? 2 : 0);
  return TC.OK;
});

// Values that belong to sockets: made by programs of a control group, each by the socket that its context has.
import { cgroupSkb, cgroupSock, cgroupSockAddr, skStorage, sockOps, struct, u32, u64 } from "@typebpf/dsl";

const Traffic = struct("traffic", { packets: u64, bytes: u64, mark: u32 });

export const traffic = skStorage({ value: Traffic });
export const marks = skStorage({ value: u32 });

/** Packets and bytes that a socket sends, from its first on. */
export const sent = cgroupSkb.egress((ctx) => {
  const { sk } = ctx;
  if (!sk) return 1;
  const found = traffic.get(sk, { mark: 7 });
  if (!found) return 0;
  found.packets += 1n;
  found.bytes += BigInt(ctx.len);
  return 1;
});

/** Forgets a socket whose datagram has the length of 20 + 8 + 3. */
export const forget = cgroupSkb.egress((ctx) => {
  const sk = ctx.sk && ctx.skFullsock(ctx.sk);
  if (sk && ctx.len === 31) traffic.delete(sk);
  return 1;
});

/** Only sockets that `created` has seen may connect. */
export const known = cgroupSockAddr.connect4((ctx) => {
  const mark = marks.get(ctx.sk);
  return mark && mark.value === 77 ? 1 : 0;
});

export const created = cgroupSock.create((ctx) => {
  marks.get(ctx, 77);
  return 1;
});

/** Connections that are established count on. */
export const established = sockOps((ctx) => {
  if (ctx.op !== 4 || !ctx.sk) return 0;
  const mark = marks.get(ctx.sk);
  if (mark) mark.value += 1;
  return 0;
});

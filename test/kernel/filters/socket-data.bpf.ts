// Programs on the data of sockets, and on the choice among sockets of a port.
import {
  hashMap,
  reusePortSockArray,
  SK,
  skMsg,
  skReuseport,
  skSkb,
  sockHash,
  sockMap,
  u8,
  u32,
} from "@typebpf/dsl";

/** Connections by their port on this side, and where their data goes. */
export const connections = sockHash({ key: u32, maxEntries: 16 });
export const routes = hashMap({ key: u32, value: u32, maxEntries: 16 });
export const watched = sockMap({ maxEntries: 4 });
export const group = reusePortSockArray({ maxEntries: 4 });

export const forward = skSkb.verdict((ctx) => {
  const to = routes.get(ctx.localPort);
  return to ? connections.redirect(ctx, to.value) : SK.PASS;
});

/** Messages of four bytes. */
export const four = skSkb.streamParser(() => 4);

export const noX = skSkb.streamVerdict((ctx) => {
  // What a stream brings lies in fragments.
  if (ctx.pullData(1) !== 0) return SK.PASS;
  return ctx.packet.at(0, u8)?.value === 0x78 ? SK.DROP : SK.PASS;
});

/** Nothing that begins with an "s" and has more than 4 bytes is sent. */
export const keep = skMsg((ctx) => {
  const first = ctx.packet.at(0, u8);
  return first?.value === 0x73 && ctx.size > 4 ? SK.DROP : SK.PASS;
});

/** A datagram goes to the socket whose number is its first byte. */
export const choose = skReuseport((ctx) => {
  const digit = ctx.packet.at(8, u8);
  if (!digit) return SK.DROP;
  return group.select(ctx, u32(digit.value - 0x30)) === 0 ? SK.PASS : SK.DROP;
});

// Socket filters: their packet begins behind the Ethernet header, and what they return is how much of it the socket gets.
// not javascript: helpers and the context live in the kernel or the simulator
//
// run whole
//   returns: 50
// run start
//   packet: 000000000000 000000000000 88b5 0102
//   returns: 513
// run method
//   packet: 000000000000 000000000000 88b5 474554202f
//   returns: 54
//   leaves: cb[0]=4 cb[4]=50
// run method
//   packet: 000000000000 000000000000 88b5 474554212f
//   returns: 0
// run long
//   packet: 000000000000 000000000000 88b5 00 50726f786965642d4279
//   returns: 1
// run long
//   packet: 000000000000 000000000000 88b5 00 50726f786965642d4278
//   returns: 0
// run inside
//   packet: 000000000000 000000000000 88b5 09 55534552
//   returns: 9
// run relative
//   packet: 000000000000 0102030405ee 88b5 07
//   returns: 7
// run drops
//   returns: 0
import { array, bytesEqual, HeaderStart, socketFilter, struct, u16, u16be, u8, type SocketFilterContext } from "@typebpf/dsl";

export const whole = socketFilter((ctx) => ctx.len);

export const start = socketFilter((ctx) => ctx.loadBytes(0, u16)?.value ?? 0);

function isGet(ctx: SocketFilterContext): boolean {
  const method = ctx.loadBytes(0, array(u8, 4));
  return method !== undefined && bytesEqual(method, "GET ");
}

export const method = socketFilter((ctx) => {
  if (!isGet(ctx)) return 0;
  ctx.cb[0] = 4;
  ctx.cb[4] = ctx.len;
  return ctx.cb[0] + ctx.cb[4];
});

export const long = socketFilter((ctx) => {
  const name = ctx.loadBytes(1, array(u8, 10));
  return name && bytesEqual(name, "Proxied-By") ? 1 : 0;
});

const Packed = struct("packed", { first: u8, word: array(u8, 4) });

export const inside = socketFilter((ctx) => {
  const packed = ctx.loadBytes(0, Packed);
  if (!packed || !bytesEqual(packed.word, "USER")) return 0;
  return packed.first;
});

export const relative = socketFilter((ctx) => {
  const mac = ctx.loadBytesRelative(11, u8, HeaderStart.MAC);
  const type = ctx.loadBytesRelative(12, u16be, HeaderStart.MAC);
  const first = ctx.loadBytesRelative(0, u8, HeaderStart.NET);
  if (!mac || !first || !type || ctx.loadBytesRelative(50, u8, HeaderStart.NET)) return 0;
  return mac.value === 0xee && type.value === ctx.protocol ? first.value : 1;
});

export const drops = socketFilter(() => 0);

// Division and remainder of numbers: made an integer at once, and signs as in JavaScript.
//
// sweep signed: i32 i32
// sweep unsigned: u32 u32
// sweep mixed: i32 u32
// sweep wrapped: i32 i32
// sweep wrappedUnsigned: u32 u32
// sweep constants: i32 u32
import { i32, i64, struct, u32, xdp, XDP } from "@typebpf/dsl";

const Signed = struct("signed", { a: i32, b: i32, trunc: i64, floor: i64, rest: i64 });

export const signed = xdp((ctx) => {
  const s = ctx.packet.at(0, Signed);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  if (b === 0) return XDP.DROP;
  s.trunc = i64(Math.trunc(a / b));
  s.floor = i64(Math.floor(a / b));
  s.rest = i64(a % b);
  return XDP.PASS;
});

const Unsigned = struct("unsigned", { a: u32, b: u32, trunc: i64, floor: i64, rest: i64 });

export const unsigned = xdp((ctx) => {
  const s = ctx.packet.at(0, Unsigned);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  if (b === 0) return XDP.DROP;
  s.trunc = i64(Math.trunc(a / b));
  s.floor = i64(Math.floor(a / b));
  s.rest = i64(a % b);
  return XDP.PASS;
});

const Mixed = struct("mixed", { a: i32, b: u32, trunc: i64, floor: i64, rest: i64, reverse: i64 });

export const mixed = xdp((ctx) => {
  const s = ctx.packet.at(0, Mixed);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  if (b !== 0) {
    s.trunc = i64(Math.trunc(a / b));
    s.floor = i64(Math.floor(a / b));
    s.rest = i64(a % b);
  }
  if (a !== 0) s.reverse = i64(b % a);
  return XDP.PASS;
});

const Wrapped = struct("wrapped", { a: i32, b: i32, int: i64, uint: i64 });

export const wrapped = xdp((ctx) => {
  const s = ctx.packet.at(0, Wrapped);
  if (!s) return XDP.ABORTED;
  s.int = i64((s.a / s.b) | 0);
  s.uint = i64((s.a / s.b) >>> 0);
  return XDP.PASS;
});

const WrappedUnsigned = struct("wrapped_unsigned", { a: u32, b: u32, int: i64, uint: i64 });

export const wrappedUnsigned = xdp((ctx) => {
  const s = ctx.packet.at(0, WrappedUnsigned);
  if (!s) return XDP.ABORTED;
  s.int = i64((s.a / s.b) | 0);
  s.uint = i64((s.a / s.b) >>> 0);
  return XDP.PASS;
});

const Constants = struct("constants", { a: i32, b: u32, half: i64, halfUnsigned: i64, seventh: i64, seventhUnsigned: i64, rest: i64, restUnsigned: i64, rest8: i64, rest8Unsigned: i64, byMinus: i64, floor: i64 });

export const constants = xdp((ctx) => {
  const s = ctx.packet.at(0, Constants);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  s.half = i64(Math.trunc(a / 2));
  s.halfUnsigned = i64((b / 2) | 0);
  s.seventh = i64(Math.trunc(a / 7));
  s.seventhUnsigned = i64((b / 7) >>> 0);
  s.rest = i64(a % 10);
  s.restUnsigned = i64(b % 10);
  s.rest8 = i64(a % 8);
  s.rest8Unsigned = i64(b % 8);
  s.byMinus = i64(Math.trunc(a / -3));
  s.floor = i64(Math.floor(a / 16));
  return XDP.PASS;
});

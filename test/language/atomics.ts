// Atomic operations on memory: the old value comes out, the new one stays, by the width of the place; a fetch that
// nobody wants; a compare-exchange that stores and one that does not.
//
// sweep wide: u64 u64
// sweep narrow: u32 u32
// sweep negative: i32 i32
// sweep signed: i64 i64
// sweep exchange: u32 u32
// sweep kept: u64 u64
// sweep items: u32 u8
import { array, atomicAdd, atomicAnd, atomicCompareExchange, atomicExchange, atomicOr, atomicXor } from "@typebpf/dsl";
import { i32, i64, struct, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";

const Wide = struct("wide", { a: u64, b: u64, add: u64, and: u64, or: u64, xor: u64, exchange: u64, left: u64 });

export const wide = xdp((ctx) => {
  const s = ctx.packet.at(0, Wide);
  if (!s) return XDP.ABORTED;
  const cell = Wide({ a: s.a });
  s.add = atomicAdd(cell, "a", s.b);
  s.and = atomicAnd(cell, "a", s.b);
  s.or = atomicOr(cell, "a", s.a);
  s.xor = atomicXor(cell, "a", s.b);
  s.exchange = atomicExchange(cell, "a", s.b + 1n);
  s.left = cell.a;
  return XDP.PASS;
});

const Narrow = struct("narrow", { a: u32, b: u32, add: u32, and: u32, or: u32, xor: u32, exchange: u32, left: u32 });

export const narrow = xdp((ctx) => {
  const s = ctx.packet.at(0, Narrow);
  if (!s) return XDP.ABORTED;
  const cell = Narrow({ b: s.a });
  s.add = atomicAdd(cell, "b", s.b);
  s.and = atomicAnd(cell, "b", s.b);
  s.or = atomicOr(cell, "b", s.a);
  s.xor = atomicXor(cell, "b", s.b);
  s.exchange = atomicExchange(cell, "b", u32(~s.b));
  s.left = cell.b;
  return XDP.PASS;
});

const Negative = struct("negative", { a: i32, b: i32, old: i64, below: u8, xor: i64, left: i64 });

export const negative = xdp((ctx) => {
  const s = ctx.packet.at(0, Negative);
  if (!s) return XDP.ABORTED;
  const cell = Negative({ a: s.a });
  const old = atomicAdd(cell, "a", s.b);
  s.old = BigInt.asIntN(64, BigInt(old));
  s.below = atomicXor(cell, "a", -1) < 0 ? 1 : 2;
  s.xor = BigInt.asIntN(64, BigInt(atomicOr(cell, "a", 1)));
  s.left = BigInt.asIntN(64, BigInt(cell.a));
  return XDP.PASS;
});

const Signed = struct("signed", { a: i64, b: i64, old: i64, and: i64, left: i64, below: u8 });

// bigint arithmetic stays inside of the fields here, so it does not depend on the sign that bigints wrap to.
export const signed = xdp((ctx) => {
  const s = ctx.packet.at(0, Signed);
  if (!s) return XDP.ABORTED;
  const cell = Signed({ a: s.a });
  s.old = atomicAdd(cell, "a", s.b);
  s.below = atomicAnd(cell, "a", s.b) < 0n ? 1 : 2;
  s.left = cell.a;
  return XDP.PASS;
});

const Exchange = struct("exchange", { a: u32, b: u32, hit: u32, miss: u32, after: u32, stored: u8, kept: u8 });

export const exchange = xdp((ctx) => {
  const s = ctx.packet.at(0, Exchange);
  if (!s) return XDP.ABORTED;
  const cell = Exchange({ a: s.a });
  s.miss = atomicCompareExchange(cell, "a", s.b, 7);
  s.kept = cell.a === s.a ? 1 : 2;
  s.hit = atomicCompareExchange(cell, "a", cell.a, u32(s.a ^ s.b));
  s.stored = cell.a === u32(s.a ^ s.b) ? 1 : 2;
  // Nobody wants the old value.
  atomicCompareExchange(cell, "a", u32(s.a ^ s.b), s.b);
  s.after = cell.a;
  return XDP.PASS;
});

const Kept = struct("kept", { a: u64, b: u64, first: u64, second: u64, third: u64, left: u64 });

export const kept = xdp((ctx) => {
  const s = ctx.packet.at(0, Kept);
  if (!s) return XDP.ABORTED;
  const cell = Kept({ a: s.a });
  let [x, y] = [s.a + 1n, s.b + 2n];
  if (atomicCompareExchange(cell, "a", s.b, x) === s.b) x += 3n;
  else y += 5n;
  s.first = x;
  s.second = y;
  s.third = atomicCompareExchange(cell, "a", s.a, s.a & s.b);
  s.left = cell.a;
  return XDP.PASS;
});

const Words = array(u32, 4);
const Items = struct("items", { a: u32, i: u8, old: u32, words: Words });

export const items = xdp((ctx) => {
  const s = ctx.packet.at(0, Items);
  if (!s) return XDP.ABORTED;
  const words = Words([1, s.a, 3, 0xffffffff]);
  s.old = atomicAdd(words, s.i & 3, s.a);
  atomicOr(words, 0, 0x80);
  atomicXor(words, 3, s.a);
  s.words = words;
  return XDP.PASS;
});

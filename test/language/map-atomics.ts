// Atomic instructions on a map's value: every operation with and without its old value, 32 and 64 bits, by field, by
// index and on a scalar value; a compare-exchange that hits and one that misses.
// not javascript: maps live in the kernel or the simulator
//
// run wide
//   packet: 0f00000000000000 f0000000000000ff
//   returns: PASS
//   out: 0f00000000000000 f0000000000000ff 0f00000000000000 ff000000000000ff f0000000000000ff ff000000000000ff
//   after cells: 00000000 = 0f00000000000000 0200000001000000 ffffffff 00000000
//   after total: 00000000 = 00000000000000ff
// run wide
//   packet: ffffffffffffffff 0200000000000000
//   given cells: 00000000 = 0000000000000000 0000000000000000 07000000 00000000
//   returns: PASS
//   out: ffffffffffffffff 0200000000000000 ffffffffffffffff 0100000000000000 0000000000000000 ffffffffffffffff
//   after cells: 00000000 = fdffffffffffffff 0200000001000000 f8ffffff 00000000
//   after total: 00000000 = 0200000000000000
// run narrow
//   packet: ffffffff 01000000
//   given cells: 00000000 = 0000000000000000 0a00000000000080 00000000 00000000
//   returns: PASS
//   out: ffffffff 01000000 0a000000 09000000 01000000 01
//   after cells: 00000000 = 0000000000000000 0200000005000000 00000000 00000000
// run narrow
//   packet: 02000000 03000000
//   returns: PASS
//   out: 02000000 03000000 00000000 02000000 01000000 01
//   after cells: 00000000 = 0000000000000000 0200000005000000 00000000 00000000
import { array, arrayMap, atomicAdd, atomicAnd, atomicCompareExchange, atomicExchange, atomicOr, atomicXor } from "@typebpf/dsl";
import { i32, struct, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";

const Cell = struct("cell", { wide: u64, pair: array(u32, 2), narrow: i32 });
export const cells = arrayMap({ value: Cell, maxEntries: 1 });
export const total = arrayMap({ value: u64, maxEntries: 1 });

const Wide = struct("wide", { a: u64, b: u64, first: u64, second: u64, third: u64, fourth: u64 });

export const wide = xdp((ctx) => {
  const s = ctx.packet.at(0, Wide);
  const cell = cells.get(0);
  const sum = total.get(0);
  if (!s || !cell || !sum) return XDP.ABORTED;
  atomicExchange(cell, "wide", s.a);
  s.first = atomicAdd(cell, "wide", s.b);
  s.second = atomicAnd(cell, "wide", s.b);
  s.third = atomicOr(cell, "wide", s.a);
  s.fourth = atomicXor(cell, "wide", s.b);
  atomicAdd(sum, "value", 0x10n);
  atomicCompareExchange(sum, "value", 0x10n, s.b);
  atomicAnd(sum, "value", s.b & ~0xf0n);
  atomicOr(cell.pair, 0, 6);
  atomicAnd(cell.pair, 0, 3);
  atomicXor(cell.pair, 1, 1);
  atomicXor(cell, "narrow", -1);
  return XDP.PASS;
});

const Narrow = struct("narrow", { a: u32, b: u32, old: u32, hit: u32, miss: u32, below: u8 });

export const narrow = xdp((ctx) => {
  const s = ctx.packet.at(0, Narrow);
  const cell = cells.get(0);
  if (!s || !cell) return XDP.ABORTED;
  s.old = atomicAdd(cell.pair, s.b & 1 ? 0 : 1, s.a);
  s.hit = atomicCompareExchange(cell.pair, 0, cell.pair[0], 1);
  s.miss = atomicCompareExchange(cell.pair, 0, 7, 9);
  atomicExchange(cell.pair, 0, 2);
  atomicExchange(cell.pair, 1, 5);
  atomicExchange(cell, "narrow", -5);
  s.below = atomicExchange(cell, "narrow", 0) < 0 ? 1 : 2;
  return XDP.PASS;
});

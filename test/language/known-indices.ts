// Indices that conditions bound: the kernel's verifier must learn of the value that is the index, at every level.
//
// sweep zero: i8 u8
// sweep equal: u8 u8
// sweep extended: u32 u8
// sweep shifted: u8 u8
import { array, i8, struct, u32, u8, xdp, XDP } from "@typebpf/dsl";

const Zero = struct("zero", { a: i8, b: u8, items: array(i8, 3), out: i8 });

export const zero = xdp((ctx) => {
  const s = ctx.packet.at(0, Zero);
  if (!s) return XDP.ABORTED;
  s.out = i8(s.items[(2 - s.a) && 0]);
  return XDP.TX;
});

const Equal = struct("equal", { a: u8, b: u8, items: array(u8, 4), out: u8 });

export const equal = xdp((ctx) => {
  const s = ctx.packet.at(0, Equal);
  if (!s) return XDP.ABORTED;
  const difference = s.a - s.b;
  const mixed = s.a ^ s.b;
  if (difference === 0) s.out = s.items[difference];
  if (mixed === 0) s.out += s.items[mixed + 1];
  return difference === 3 ? s.items[difference] === 0 ? XDP.PASS : XDP.DROP : XDP.TX;
});

const Extended = struct("extended", { a: u32, b: u8, items: array(u8, 4), out: u8 });

export const extended = xdp((ctx) => {
  const s = ctx.packet.at(0, Extended);
  if (!s) return XDP.ABORTED;
  const index = s.a | 0;
  if (index === 2) s.out = s.items[index];
  const other = u32(s.a * s.b);
  if (other === 3) s.out = s.items[other];
  return XDP.PASS;
});

const Shifted = struct("shifted", { a: u8, b: u8, items: array(u8, 4), out: u8 });

export const shifted = xdp((ctx) => {
  const s = ctx.packet.at(0, Shifted);
  if (!s) return XDP.ABORTED;
  const index = u32(s.a >> s.b);
  s.out = s.items[Math.min(Math.max(index, 0), 3)];
  const other = i8(Math.trunc((s.a & 63) / ((s.b & 7) + 1)));
  if (other < 4) s.out += s.items[Math.abs(other)];
  return XDP.PASS;
});

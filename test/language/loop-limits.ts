// Loops whose limits are bounded by what the kernel's verifier does not follow: remainders, quotients, absolute values,
// limits that are computed again at each turn.
//
// sweep remainder: i32 u16
// sweep quotient: u32 u16
// sweep again: u32 u16
// sweep nested: i32 u8
import { i32, struct, u16, u32, u8, xdp, XDP } from "@typebpf/dsl";

const Signed = struct("signed", { a: i32, b: u16, sum: u32 });

export const remainder = xdp((ctx) => {
  const s = ctx.packet.at(0, Signed);
  if (!s) return XDP.ABORTED;
  let sum = 0;
  for (let i = 1; i < Math.abs((s.a && (s.b > 5 ? s.b : s.a)) % 4); i++) sum += i;
  for (let i = 0; i < Math.abs(s.a) % 10; i++) sum += s.b;
  s.sum = sum;
  return sum > 10 ? XDP.PASS : XDP.DROP;
});

const Unsigned = struct("unsigned", { a: u32, b: u16, sum: u32 });

export const quotient = xdp((ctx) => {
  const s = ctx.packet.at(0, Unsigned);
  if (!s) return XDP.ABORTED;
  const limit = Math.trunc(s.b / 4096);
  for (let i = 0; i < limit; i++) s.sum = u32(s.sum * 3 + i);
  for (let i = 7; i < Math.trunc(s.a / 0x1000_0000); i += 2) s.sum = u32(s.sum + i);
  return s.sum > 10 ? XDP.PASS : XDP.DROP;
});

export const again = xdp((ctx) => {
  const s = ctx.packet.at(0, Unsigned);
  if (!s) return XDP.ABORTED;
  for (let i = 0; i < s.b % 6; i++) {
    s.b = u16(s.b + 1);
    if (s.b > 0x8000) s.sum = u32(s.sum + i);
  }
  let turns = 0;
  while (turns < (s.a ^ s.b) % 7) turns++;
  return turns > 3 ? XDP.PASS : XDP.DROP;
});

const Small = struct("small", { a: i32, b: u8, sum: u32 });

export const nested = xdp((ctx) => {
  const s = ctx.packet.at(0, Small);
  if (!s) return XDP.ABORTED;
  let sum = 0;
  for (let i = 0; i < s.b % 5; i++) {
    for (let j = i; j < Math.abs(s.a % 5); j++) {
      if (j === 3) continue;
      sum += i * j + 1;
    }
  }
  s.sum = sum;
  return sum > 4 ? XDP.PASS : XDP.DROP;
});

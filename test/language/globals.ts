// Global variables: integers wrap on a store as in a DataView, structs and arrays are places, and several functions and
// modules see the same ones.
//
// run scalars
//   packet: 05 00 00 00
//   returns: PASS
//   after wide: = 06 00 00 00 00 00 00 00
//   after narrow: = ff
//   after small: = 04 00
//   after signed: = fb ff ff ff
// run scalars
//   given wide: = ff ff ff ff ff ff ff ff
//   given narrow: = 01
//   given small: = ff ff
//   given signed: = 00 00 00 80
//   packet: ff ff ff 7f
//   returns: PASS
//   after narrow: = 03
// run places
//   packet: 02 00 00 00
//   returns: PASS
//   after words: = 01 00 00 00 02 00 00 00 09 00 00 00 00 00 00 00
//   after last: = 02 00 00 00 36 00 07 00
// run places
//   packet: 00 00 00 00
//   given words: = ff ff ff ff 00 00 00 00 00 00 00 00 00 00 00 00
//   returns: DROP
// run both
//   packet: 07 00 00 00
//   returns: TX
import { array, atomicAdd, type i32, struct, u16, u32, type u64, u8, xdp, XDP } from "@typebpf/dsl";
import { add, total } from "./lib/globals.ts";

const Flow = struct("flow", { saddr: u32, port: u16, flag: u8 });
const Words = array(u32, 4);

export let wide: u64 = 0n;
export let narrow = u8(0);
export let small: u16 = -0;
export let signed: i32 = -10;
export let last = Flow({ port: 53 });
export const words_length = Words.length;
export let words = Words([1, 2]);
export let sixteen: u64 = 0xffff_ffff_ffff_ffffn;

export const scalars = xdp((ctx) => {
  const s = ctx.packet.at(0, u32);
  if (!s) return XDP.DROP;
  wide++;
  wide += BigInt(s.value);
  narrow -= 1;
  narrow ||= 3;
  small += 4;
  signed += 5;
  const old = wide++;
  wide = old;
  sixteen += 2n;
  return sixteen === 1n ? XDP.PASS : XDP.ABORTED;
});

function bump(flow: { saddr: number; port: number }, by: number): void {
  flow.saddr = u32(flow.saddr + by);
  flow.port += 1;
}

export const places = xdp((ctx) => {
  const s = ctx.packet.at(0, u32);
  if (!s) return XDP.DROP;
  const index = s.value & 3;
  words[index] = 9;
  atomicAdd(words, 3, 0);
  const alias = last;
  bump(last, s.value);
  alias.flag = 7;
  const { port } = last;
  if (port !== 54) return XDP.ABORTED;
  last = Flow({ ...last, flag: alias.flag });
  let sum = 0;
  for (let i = 0; i < 4; i++) sum = (sum + words[i]) >>> 0;
  return sum === 11 + 1 && words_length === 4 ? XDP.PASS : XDP.DROP;
});

export const both = xdp((ctx) => {
  const s = ctx.packet.at(0, u32);
  if (!s) return XDP.DROP;
  add(s.value);
  add(1);
  return total === BigInt(s.value) + 1n ? XDP.TX : XDP.PASS;
});

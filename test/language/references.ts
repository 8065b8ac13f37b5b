// References: chosen by conditions, kept in variables and records, changed in loops, over packet and stack; structs made
// in loops are fresh each time.
//
// sweep chosen: u8 u8
// sweep kept: u8 u8
// sweep fresh: u8 u8
// sweep windows: u8 u8
import { array, struct, u16, u16be, u32, u64, u8, xdp, XDP, type Ref, type XdpContext } from "@typebpf/dsl";

const Pair = struct("pair", { a: u8, b: u8, c: u16be });

function larger(x: Ref<typeof Pair>, y: Ref<typeof Pair>): Ref<typeof Pair> {
  return x.a > y.a ? x : y;
}

export const chosen = xdp((ctx) => {
  const first = ctx.packet.at(0, Pair);
  const second = ctx.packet.at(4, Pair);
  if (!first || !second) return XDP.ABORTED;
  second.a = first.b;
  const top = first.a > second.a ? first : second;
  top.c += 5;
  larger(first, second).b = 9;
  let current = first;
  if (second.a & 1) current = second;
  current.b += 1;
  const local = Pair({ a: first.a, b: second.b });
  const other = Pair({ a: 3 });
  larger(local, other).c = 0x1234;
  second.c = u16(local.c + other.c * 2);
  return top.b === 9 ? XDP.TX : XDP.PASS;
});

function at(ctx: XdpContext, index: number): Ref<typeof Pair> | undefined {
  return index > 3 ? undefined : ctx.packet.at(index * 4, Pair);
}

export const kept = xdp((ctx) => {
  const first = ctx.packet.at(0, Pair);
  if (!first) return XDP.ABORTED;
  const state = { pair: first, count: 0 };
  for (let i = 0; i < 5; i++) {
    const next = at(ctx, i);
    if (!next) break;
    next.c = u16(next.c + state.pair.a + i);
    if (next.a < first.b) state.pair = next;
    state.count++;
  }
  state.pair.b = u8(state.count);
  let maybe = at(ctx, first.a & 7);
  if (!maybe) maybe = first;
  maybe.c ^= 0xff;
  const deep = at(ctx, 2)?.b ?? 1;
  return deep > 3 ? XDP.TX : XDP.PASS;
});

const Buffer = struct("buffer", { a: u8, b: u8, sums: array(u32, 4), total: u64 });
const Scratch = struct("scratch", { words: array(u32, 4), tag: u8 });

function fill(scratch: Ref<typeof Scratch>, seed: number): void {
  for (let i = 0; i < 4; i++) scratch.words[i] += seed * (i + 1);
}

export const fresh = xdp((ctx) => {
  const s = ctx.packet.at(0, Buffer);
  if (!s) return XDP.ABORTED;
  let total = 0n;
  for (let i = 0; i < 4; i++) {
    const scratch = Scratch({ tag: u8(i) });
    fill(scratch, s.a + i);
    if (i & 1) fill(scratch, s.b);
    s.sums[i] = u32(scratch.words[0] + scratch.words[3]);
    total += BigInt(scratch.words[i]) * BigInt(scratch.tag);
  }
  s.total = total;
  return XDP.PASS;
});

const Word = struct("word", { value: u16be });

/** A sum over a window whose place and length are known only at run time. */
export const windows = xdp((ctx) => {
  const start = ctx.packet.at(0, u8);
  const count = ctx.packet.at(1, u8);
  const out = ctx.packet.at(2, u32);
  if (!start || !count || !out) return XDP.ABORTED;
  const words = Math.min(count.value, 40);
  let sum = 0;
  for (let i = 0; i < words; i++) {
    const word = ctx.packet.at(start.value + i * 2, Word);
    if (!word) return XDP.DROP;
    sum += word.value;
  }
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  out.value = u32(sum);
  return sum === 0 ? XDP.TX : XDP.PASS;
});

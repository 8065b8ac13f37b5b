// Objects in registers that may be undefined: returned on some paths, assigned, tested, chained, defaulted.
//
// sweep results: u8 u8
// sweep assigned: u8 u8
// sweep choices: u8 i32
import { i32, i64, struct, u16, u32, u8, xdp, XDP, type XdpContext } from "@typebpf/dsl";

interface Span {
  from: number;
  to: number;
}

/** Made in the function, changed after, returned by name on one path and absent on others. */
function spanOf(a: number, b: number): Span | undefined {
  if (a === b) return undefined;
  const span: Span = { from: a, to: b };
  if (span.from > span.to) {
    span.from = b;
    span.to = a;
  }
  if (span.to - span.from > 200) return undefined;
  span.to += 1;
  return span;
}

function lengthOf(a: number, b: number): number {
  const span = spanOf(a, b);
  if (span === undefined) return -1;
  return span.to - span.from;
}

const Results = struct("results", { a: u8, b: u8, length: i32, from: i32, tested: i32, chained: i32 });

export const results = xdp((ctx) => {
  const s = ctx.packet.at(0, Results);
  if (!s) return XDP.ABORTED;
  s.length = lengthOf(s.a, s.b);
  const span = spanOf(s.b, s.a);
  s.from = span ? span.from : -7;
  s.tested = span !== undefined && span.from > 3 ? 1 : 2;
  s.chained = span?.to ?? 1000;
  return span ? XDP.PASS : XDP.DROP;
});

const Assigned = struct("assigned", { a: u8, b: u8, seen: u16, last: i32 });

export const assigned = xdp((ctx) => {
  const s = ctx.packet.at(0, Assigned);
  if (!s) return XDP.ABORTED;
  let best: Span | undefined = undefined;
  let seen = 0;
  for (let i = 0; i < 5; i++) {
    if (i === s.a) best = { from: i, to: i + 1 };
    if (i === s.b) best = undefined;
    if (best) seen += best.to;
  }
  s.seen = u16(seen);
  s.last = best ? best.from : -1;
  return best === undefined ? XDP.DROP : XDP.PASS;
});

const Choices = struct("choices", { a: u8, b: i32, x: i64, y: u32, z: u32 });

function pick(ctx: XdpContext, a: number): { left: number; right: number } | undefined {
  if (a > 250) return undefined;
  if (a > 100) return { left: a, right: ctx.packet.length };
  return a > 50 ? { left: 1, right: 2 } : undefined;
}

export const choices = xdp((ctx) => {
  const s = ctx.packet.at(0, Choices);
  if (!s) return XDP.ABORTED;
  const picked = pick(ctx, s.a) ?? { left: 5, right: 6 };
  s.x = i64(picked.left * 2 + (s.b & 0xff));
  const again = s.b < 0 ? undefined : { left: s.a, right: 3 };
  s.y = again === undefined ? 9 : again.left + again.right;
  s.z = !again ? 1 : 0;
  return XDP.PASS;
});

// Parameters that a call may leave out: defaults, which may use the parameters before them, and optional ones; spread
// arguments; more arguments than parameters.
//
// sweep defaulted: u16 u8
// sweep optional: u16 u8
// sweep spread: u8 u16
import { array, i64, struct, u16, u8, xdp, XDP } from "@typebpf/dsl";

const Defaulted = struct("defaulted", { a: u16, b: u8, results: array(i64, 5) });

const STEP = 3;

function chain(x: number, y = STEP, z = x * 2 + y): number {
  return x * 5 - y * 2 + z;
}

function twice(x: number, by: (value: number) => number = (value) => value * 2): number {
  return by(by(x));
}

export const defaulted = xdp((ctx) => {
  const s = ctx.packet.at(0, Defaulted);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  results[0] = i64(chain(s.a));
  results[1] = i64(chain(s.a, s.b));
  results[2] = i64(chain(s.a, undefined, s.b));
  results[3] = i64(twice(s.a) - twice(s.b, (value) => value + s.a));
  results[4] = i64(chain(s.a, s.b > 100 ? undefined : s.b));
  return XDP.PASS;
});

const Optional = struct("optional", { a: u16, b: u8, results: array(i64, 4) });

function scaled(x: number, factor?: number): number {
  if (factor === undefined) return x;
  return x * factor;
}

function plus(x: number, more?: { readonly y?: number; readonly flag?: boolean }): number {
  return x + (more?.y ?? 1000) + (more?.flag ? 1 : 0);
}

function find(x: number): number | undefined {
  if (x > 100) return undefined;
  return x === 0 ? undefined : x * 2;
}

export const optional = xdp((ctx) => {
  const s = ctx.packet.at(0, Optional);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  results[0] = i64(scaled(s.a) + scaled(s.a, s.b));
  results[1] = i64(plus(s.a) + plus(s.a, { y: s.b }) + plus(s.a, { flag: s.b > 7 }) + plus(s.a, {}));
  const found = find(s.b);
  if (found === undefined) results[2] = -1n;
  else results[2] = i64(found + scaled(s.a, find(s.a)));
  results[3] = i64(find(s.a) ?? find(s.b) ?? 7);
  return XDP.PASS;
});

const Spread = struct("spread", { a: u8, b: u16, bytes: array(u8, 3), results: array(i64, 3) });

function weigh(x: number, y: number, z: number): number {
  return x * 2 - y * 3 + z;
}

function each(visit: (item: number, index: number) => number): number {
  return visit(5, 1) + visit(7, 2);
}

const TRIPLE = [4, 5, 6] as const;

export const spread = xdp((ctx) => {
  const s = ctx.packet.at(0, Spread);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  const pair = [s.a, s.b] as const;
  results[0] = i64(weigh(...pair, 1) + weigh(1, ...pair) + weigh(...TRIPLE));
  results[1] = i64(Math.max(...s.bytes, s.a) * 1000 + Math.min(...pair));
  const limit = s.b;
  results[2] = i64(each((item) => item + limit));
  return XDP.PASS;
});

// Functions are inlined: values, records by reference, tuples, refs, early returns, calls of calls, constants.
//
// sweep values: i32 i32
// sweep records: u32 u32
// sweep refs: u8 u8
// sweep results: u8 i32
import { i32, i64, struct, u32, u8, xdp, XDP, type Ref, type XdpAction, type XdpContext } from "@typebpf/dsl";

function clamp(value: number, least: number, most: number): number {
  if (value < least) return least;
  if (value > most) return most;
  return value;
}

const distance = (a: number, b: number): number => Math.abs(a - b);

function sumTo(n: number): number {
  let sum = 0;
  for (let i = 1; i <= 16; i++) {
    if (i > n) return sum;
    sum += i;
  }
  return sum;
}

function twice(value: number): number {
  return clamp(value * 2, -1000, 1000) + sumTo(value & 15);
}

const Values = struct("values", { a: i32, b: i32, clamped: i64, distance: i64, sum: i64, twice: i64, nested: i64 });

export const values = xdp((ctx) => {
  const s = ctx.packet.at(0, Values);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  s.clamped = i64(clamp(a, -100, b));
  s.distance = i64(distance(a, b));
  s.sum = i64(sumTo(b));
  s.twice = i64(twice(a));
  s.nested = i64(clamp(distance(clamp(a, 0, 255), clamp(b, 0, 255)), 1, 9));
  return a > b ? XDP.TX : XDP.PASS;
});

interface State {
  x: u32;
  y: u32;
}

function step(state: State, salt: number): void {
  state.x = u32(state.x + state.y);
  state.y = u32((state.y ^ state.x) + salt);
}

function mixed(x: u32, y: u32): State {
  const state: State = { x, y };
  for (let i = 0; i < 3; i++) step(state, i * 7);
  return state;
}

function swap(state: State): State {
  return { x: state.y, y: state.x };
}

const Records = struct("records", { a: u32, b: u32, x: u32, y: u32, shared: u32, copied: u32, nested: u32, tuple: u32 });

export const records = xdp((ctx) => {
  const s = ctx.packet.at(0, Records);
  if (!s) return XDP.ABORTED;
  const state = mixed(s.a, s.b);
  s.x = state.x;
  s.y = state.y;
  const alias = state;
  alias.x = 1;
  s.shared = state.x;
  const copy = { ...state, y: 5 };
  copy.x = 9;
  s.copied = u32(state.x * 100 + copy.x * 10 + copy.y);
  const pair = { first: swap(state), count: 0 };
  pair.first.y += 3;
  pair.count++;
  s.nested = u32(pair.first.x + pair.first.y + pair.count);
  const [left, right]: [number, number] = [s.a >>> 1, s.b & 7];
  s.tuple = u32(left ^ right);
  const { x: renamed } = state;
  return renamed === 1 ? XDP.PASS : XDP.DROP;
});

const Pair = struct("pair", { a: u8, b: u8 });

function exchange(pair: Ref<typeof Pair>): void {
  const { a, b } = pair;
  pair.a = b;
  pair.b = a;
}

function parse(ctx: XdpContext, offset: number): Ref<typeof Pair> | undefined {
  if (offset > 60) return undefined;
  return ctx.packet.at(offset, Pair);
}

function decide(ctx: XdpContext): XdpAction {
  const pair = parse(ctx, 2);
  if (!pair) return XDP.DROP;
  pair.a = 7;
  return pair.b === 0 ? XDP.TX : XDP.ABORTED;
}

export const refs = xdp((ctx) => {
  const pair = ctx.packet.at(0, Pair);
  if (!pair) return XDP.ABORTED;
  const far = parse(ctx, pair.a);
  if (far) far.b = u8(far.b + 1);
  exchange(pair);
  return decide(ctx);
});

function classify(kind: number, value: number): XdpAction {
  switch (kind & 3) {
    case 0:
      return XDP.DROP;
    case 1:
      if (value < 0) return XDP.ABORTED;
      break;
    case 2:
      return value > 100 ? XDP.TX : XDP.PASS;
  }
  return XDP.PASS;
}

function isSmall(value: number): boolean {
  return value >= 0 && value < 10;
}

function first<T>(a: T, _b: T): T {
  return a;
}

function withStep(value: number, step: number): number {
  return value + step;
}

const Results = struct("results", { kind: u8, value: i32, small: u8, generic: i64, wide: i64, stepped: i64 });

export const results = xdp((ctx) => {
  const s = ctx.packet.at(0, Results);
  if (!s) return XDP.ABORTED;
  s.small = isSmall(s.value) && !isSmall(s.kind) ? 1 : 0;
  s.generic = i64(first(s.value, 5));
  s.wide = first(i64(s.value), 5n);
  s.stepped = i64(withStep(s.kind, 3) * withStep(1, 1));
  return classify(s.kind, s.value);
});

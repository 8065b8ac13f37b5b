// Objects in registers and what names them: aliases, copies, destructuring, functions in functions, repeated bodies,
// constant tables, optional chains.
//
// sweep aliases: u32 u32
// sweep patterns: u8 u16
// sweep nested: u8 u8
// sweep repeated: u8 u8
// sweep chains: u8 u8
// sweep unions: u8 i64
import { array, i64, struct, u16, u32, u64, u8, xdp, XDP, type Ref } from "@typebpf/dsl";

interface Point {
  x: number;
  y: number;
}

function move(point: Point, by: number): void {
  point.x += by;
  point.y -= by;
}

const Aliases = struct("aliases", { a: u32, b: u32, x: i64, y: i64, copyX: i64, copyY: i64, inner: i64, taken: i64 });

export const aliases = xdp((ctx) => {
  const s = ctx.packet.at(0, Aliases);
  if (!s) return XDP.ABORTED;
  const point = { x: s.a, y: s.b };
  const same = point;
  const copy = { ...point };
  same.x += 5;
  move(same, 3);
  copy.y = 77;
  const box = { point: { x: s.a, y: 1 }, weight: 2 };
  const inner = box.point;
  move(inner, 1);
  box.point.x *= 2;
  const { x: taken } = inner;
  inner.x = 0;
  s.x = i64(point.x);
  s.y = i64(point.y);
  s.copyX = i64(copy.x);
  s.copyY = i64(copy.y);
  s.inner = i64(box.point.x + box.weight + box.point.y);
  s.taken = i64(taken);
  return XDP.PASS;
});

const Words = array(u16, 4);
const Patterns = struct("patterns", { a: u8, b: u16, words: Words, sum: i64, pair: i64, swapped: i64, size: u32 });

function both({ a, b }: { a: number; b: number }, [first, second]: readonly [number, number]): number {
  return a * second - b * first;
}

export const patterns = xdp((ctx) => {
  const { packet } = ctx;
  const s = packet.at(0, Patterns);
  if (!s) return XDP.ABORTED;
  const { a, b: other, words } = s;
  words[0] = other;
  words[a & 3] = u16(words[0] + a);
  const [first, , third] = [a, 2, other] as const;
  const { pair: [left, right] } = { pair: [a, other] as const };
  s.sum = i64(first + third + s.words[a & 3] + words.length);
  s.pair = i64(both({ a, b: other }, [left, right]));
  let [p, q] = [a, other];
  p += q;
  q = p - q;
  s.swapped = i64(p * 1000 + q);
  s.size = Words.size + words.length;
  return XDP.PASS;
});

const Nested = struct("nested", { a: u8, b: u8, scaled: i64, passed: i64, deep: i64, recursiveLook: i64 });

function sum(count: number, item: (index: number) => number): number {
  let total = 0;
  for (let i = 0; i < 6; i++) if (i < count) total += item(i);
  return total;
}

export const nested = xdp((ctx) => {
  const s = ctx.packet.at(0, Nested);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  const scale = (value: number): number => value * a;
  function shifted(value: number): number {
    return scale(value) + b;
  }
  s.scaled = i64(shifted(b) + shifted(2));
  s.passed = i64(sum(a & 7, (i) => i * b) + sum(3, shifted));
  s.deep = i64(sum(3, (i) => sum(i, (j) => i * j + a)));
  const acc = { total: 0 };
  const add = (n: number): void => {
    acc.total += n;
  };
  add(a);
  add(b);
  s.recursiveLook = i64(acc.total);
  return XDP.PASS;
});

const ROWS = [
  { port: 1, weight: 3, wide: 1n },
  { port: 2, weight: 5, wide: 1n << 40n },
  { port: 3, weight: 7, wide: 9n },
] as const;
const PRIMES = [2, 3, 5, 7];

const Repeated = struct("repeated", { a: u8, b: u8, found: i64, column: i64, wide: u64, table: i64, tuple: i64 });

export const repeated = xdp((ctx) => {
  const s = ctx.packet.at(0, Repeated);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  let found = 0;
  for (const row of ROWS) {
    if (row.port === (a & 3)) continue;
    const weigh = (n: number): number => n * row.weight;
    found += weigh(b);
    if (found > 1000) break;
  }
  s.found = i64(found);
  const index = Math.min(a & 3, 2);
  s.column = i64(ROWS[index].weight + ROWS[index].port);
  s.wide = ROWS[index].wide + u64(b);
  s.table = i64(PRIMES[b & 3] * 10 + PRIMES.length);
  let tuple = 0;
  outer: for (const x of [a, b, 3]) {
    for (const y of PRIMES) {
      if (y > x) continue outer;
      if (y === 7) break outer;
      tuple += x * y;
    }
  }
  s.tuple = i64(tuple);
  return XDP.PASS;
});

const Inner = struct("inner", { value: u8 });
const Chains = struct("chains", { a: u8, b: u8, value: i64, equal: u8, absent: u8, truth: u8, chosen: i64 });

export const chains = xdp((ctx) => {
  const s = ctx.packet.at(0, Chains);
  if (!s) return XDP.ABORTED;
  const offset = (s.a & 1) === 0 ? 0 : 60000;
  const inner = ctx.packet.at(offset, Inner);
  s.value = i64((inner?.value ?? 300) + (ctx.packet.at(offset + 1, Inner)?.value ?? 7));
  s.equal = inner?.value === s.a ? 1 : 0;
  s.absent = inner?.value === undefined ? 2 : inner?.value !== s.b ? 1 : 0;
  s.truth = inner?.value && s.b ? 1 : 0;
  let chosen: Ref<typeof Inner> | undefined;
  if (s.b > 100) chosen = inner;
  chosen ??= ctx.packet.at(1, Inner);
  const either = ctx.packet.at(60000, Inner) ?? inner;
  s.chosen = i64((chosen ? chosen.value : -1) * 256 + (either ? either.value : -2));
  return XDP.PASS;
});

const Unions = struct("unions", { a: u8, b: i64, same: i64, wide: i64, text: i64 });
const enum Level {
  Low = 1,
  Middle = Low << 3,
  High,
}

function same(x: number): number;
function same(x: bigint): bigint;
function same(x: number | bigint): number | bigint {
  return x;
}

export const unions = xdp((ctx) => {
  const s = ctx.packet.at(0, Unions);
  if (!s) return XDP.ABORTED;
  s.same = i64(same(s.a) + Level.Middle + Level.High);
  s.wide = i64(same(s.b)) + BigInt.asIntN(8, i64(s.a)) - -5n;
  s.text = s.b < 0n ? -1n : 1n;
  return XDP.PASS;
});

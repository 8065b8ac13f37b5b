// Methods of constant tables on values of run time: includes, indexOf, some, every, findIndex, reduce.
//
// sweep searches: u8 u32
// sweep callbacks: u8 i16
import { array, i16, i64, struct, u8, u32, u64, xdp, XDP } from "@typebpf/dsl";

const PORTS = [1, 3, 7, 100, 255, 0xffff, 0xdeadbeef];
const WIDE: readonly bigint[] = [0n, 127n, 0x8000n];
const NONE: readonly number[] = [];
const RULES = [
  { low: -5, high: 7, weight: 3 },
  { low: 64, high: 128, weight: 10 },
  { low: 255, high: 0x7fff, weight: -2 },
] as const;

const Searches = struct("searches", { a: u8, b: u32, results: array(i64, 8) });

export const searches = xdp((ctx) => {
  const s = ctx.packet.at(0, Searches);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  results[0] = PORTS.includes(s.a) ? 1n : 2n;
  results[1] = i64(PORTS.indexOf(s.b));
  if (!PORTS.includes(s.b) && WIDE.includes(u64(s.b))) results[2] = 5n;
  results[3] = NONE.includes(s.a) ? 1n : 2n;
  let n = s.a;
  results[4] = i64((PORTS.includes(n++) ? 1000 : 2000) + n);
  results[5] = i64(NONE.indexOf(n--) * 1000 + n);
  const isPort = (port: number): boolean => PORTS.includes(port);
  results[6] = isPort(s.a + 1) || isPort(s.b >>> 1) ? 1n : 0n;
  return PORTS.includes(s.a - 100) ? XDP.DROP : XDP.PASS;
});

const Callbacks = struct("callbacks", { a: u8, b: i16, results: array(i64, 6) });

export const callbacks = xdp((ctx) => {
  const s = ctx.packet.at(0, Callbacks);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  results[0] = RULES.some((rule) => s.b >= rule.low && s.b <= rule.high) ? 1n : 2n;
  results[1] = i64(RULES.findIndex(({ low, high }) => s.a >= low && s.a <= high));
  results[2] = RULES.every((rule) => rule.high > s.b) ? 1n : 2n;
  results[3] = i64(RULES.reduce((sum, rule, index) => sum + rule.weight * (s.a > rule.low ? index + 1 : 0), s.b));
  results[4] = i64(PORTS.reduce((seen, port) => (port === s.a ? seen + 1 : seen), 0));
  results[5] = NONE.some((x) => x === s.a) || !NONE.every((x) => x === s.b) ? 1n : 2n;
  return XDP.PASS;
});

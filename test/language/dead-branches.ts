// What a constant excludes is not compiled: branches, ternaries, short circuits, and what follows an `if` that leaves;
// so a callback may be left out.
//
// sweep callbacks: u8 u8
// sweep flags: u8 u16
import { array, i64, struct, u8, u16, xdp, XDP } from "@typebpf/dsl";

const Callbacks = struct("callbacks", { a: u8, b: u8, results: array(i64, 6) });
interface Operands {
  readonly a: number;
  readonly b: number;
}
type Callback = (x: number) => number;

const early = ({ a, b }: Operands, cb?: (x: number, y: number) => number): number => {
  if (!cb) return 5;
  return cb(a, b);
};
const chained = ({ a }: Operands, cb?: Callback): number => cb?.(a) ?? 9;
const ternary = ({ a, b }: Operands, cb?: Callback): number => (cb ? cb(b) : a);
const guarded = ({ a, b }: Operands, cb?: Callback): number => {
  let r = 1;
  if (a > 4 && cb) r = cb(b);
  else r = 3;
  cb && (r += cb(1));
  cb?.(4);
  return r;
};
const both = ({ a, b }: Operands, cb?: Callback): number => {
  if (cb !== undefined) {
    if (a > b) return cb(a);
  } else return 100;
  return cb(b) + 1;
};

export const callbacks = xdp((ctx) => {
  const s = ctx.packet.at(0, Callbacks);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  results[0] = i64(early(s) * 100000 + early(s, (a, b) => a * b));
  results[1] = i64(chained(s) * 1000 + chained(s, (a) => a + 2));
  results[2] = i64(ternary(s) * 1000 + ternary(s, (a) => a * 2));
  results[3] = i64(guarded(s) * 1000 + guarded(s, (x) => x + 7));
  results[4] = i64(both(s) * 1000 + both(s, (x) => x - 300));
  const visit = (x: number, done?: (x: number) => void): void => done?.(x);
  visit(s.a);
  visit(s.b, (x) => {
    results[5] = i64(x * 3);
  });
  return XDP.PASS;
});

const DEBUG: boolean = false;
const LEVEL: number = 3;
const Flags = struct("flags", { a: u8, b: u16, results: array(i64, 4) });

export const flags = xdp((ctx) => {
  const s = ctx.packet.at(0, Flags);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  if (DEBUG) results[0] = 1n;
  else results[0] = 2n;
  let calls = 0;
  const count = (): boolean => s.a > 7;
  if (count() && DEBUG) results[1] = 1n;
  if (count() || !DEBUG) results[1] += 2n;
  const x = s.a > 9 && DEBUG ? 1 : s.b;
  calls += LEVEL > 2 ? x : 0;
  for (let i = 0; i < 4; i++) {
    if (LEVEL < 2) continue;
    if (LEVEL >= 3) {
      calls += i;
      if (i === 2) break;
      continue;
    }
    calls = 0;
  }
  results[2] = i64(calls);
  results[3] = DEBUG || s.b > 5 ? 1n : 0n;
  return XDP.PASS;
});

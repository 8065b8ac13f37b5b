// Type predicates: on integers, on what may be undefined, generic, with more conditions.
//
// sweep predicates: u8 u16
import { array, i64, struct, u8, u16, xdp, XDP } from "@typebpf/dsl";

const Point = struct("point", { x: u16, y: u8 });
const Predicates = struct("predicates", { a: u8, b: u16, results: array(i64, 6) });

type WellKnown = 1 | 7 | 255;
function isWellKnown(port: number): port is WellKnown {
  if (port === 1) return true;
  return port === 7 || port === 255;
}
const isDefined = <T>(value: T | undefined): value is T => value !== undefined;
const isLarge = (value: number | undefined): value is number => value !== undefined && value > 100;
const inferred = (value: number | undefined) => value !== undefined;

export const predicates = xdp((ctx) => {
  const s = ctx.packet.at(0, Predicates);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  const a: number = s.a;
  results[0] = isWellKnown(a) ? i64(a * 2) : 1n;
  const found = ctx.packet.at(s.b, Point);
  if (isDefined(found)) results[1] = i64(found.x - found.y);
  const x = found?.x;
  results[2] = isDefined(x) ? i64(x + 1) : -1n;
  results[3] = isLarge(x) ? i64(x * 3) : -2n;
  if (inferred(x)) results[4] = i64(x - 1);
  if (!isDefined(x) || !isWellKnown(s.a)) return XDP.DROP;
  results[5] = i64(x);
  return XDP.PASS;
});

// Variables of a schema's type: `type Point = Ref<typeof Point>` beside the schema, and the headers of the library.
//
// sweep points: u8 i16
import { array, i16, i64, type Ref, struct, u8, u16, xdp, XDP } from "@typebpf/dsl";
import { Udp } from "@typebpf/dsl/net";

const Point = struct("point", { x: i16, y: u16 });
type Point = Ref<typeof Point>;
const Points = struct("points", { a: u8, b: i16, list: array(Point, 3), results: array(i64, 3) });

const norm = (point: Point): number => Math.abs(point.x) + point.y;

export const points = xdp((ctx) => {
  const s = ctx.packet.at(0, Points);
  if (!s) return XDP.ABORTED;
  const { list, results } = s;
  list[0].x = s.b;
  list[1] = { x: -3, y: s.a };
  list[2] = { x: s.a, y: 9 };
  let best: Point | undefined;
  for (const point of list) if (point.x > 0 && (!best || norm(point) > norm(best))) best = point;
  results[0] = i64(best ? best.x * 1000 + best.y : -1);
  if (best) best.y = 5;
  results[1] = i64(list[0].y + list[1].y * 7 + list[2].y * 11);
  let udp: Udp | undefined;
  if (s.a > 31) udp = ctx.packet.at(s.a, Udp);
  else if (s.a > 5) udp = ctx.packet.at(1, Udp);
  results[2] = i64(udp ? udp.dest - udp.len : -7);
  return XDP.PASS;
});

// Spreads in array literals, Object.assign on objects in registers, the order in which the parts of a copy are read, and
// switches on constant texts.
//
// sweep items: u8 i16
// sweep objects: u8 i16
// sweep texts: u8 u8
import { array, i16, i64, struct, u8, u16, xdp, XDP } from "@typebpf/dsl";

const Items = struct("items", { a: u8, b: i16, bytes: array(u8, 3), words: array(i16, 4), results: array(i64, 4) });

export const items = xdp((ctx) => {
  const s = ctx.packet.at(0, Items);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  const pair: [number, number] = [s.a, 7];
  const more = [...pair, s.a + 1, ...([s.b, 2] as const)] as const;
  pair[0] = 3;
  let sum = 0;
  for (const item of more) sum = sum * 3 + item;
  results[0] = i64(sum);
  s.bytes = [s.a, 2, 3];
  let all = 0;
  for (const item of [...s.bytes, 9]) all = all * 5 + item;
  results[1] = i64(all);
  const front = [s.b, 4] as const;
  s.words = [...front, 5, ...([6] as const)];
  s.words = [s.words[3], s.words[2], ...front];
  results[2] = i64(s.words[0] + s.words[1] * 10 + s.words[2] + s.words[3] * 100);
  results[3] = i64(Math.max(...[...s.bytes, s.b]));
  return XDP.PASS;
});

const Objects = struct("objects", { a: u8, b: i16, results: array(i64, 5) });
interface State {
  x: number;
  y: number;
  z: number;
}

export const objects = xdp((ctx) => {
  const s = ctx.packet.at(0, Objects);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  const state: State = { x: s.a, y: s.b, z: 1 };
  const bump = (one: State): number => {
    one.y += 1000;
    one.z *= 3;
    return one.x + 5;
  };
  const copy = { ...state, x: bump(state) };
  results[0] = i64(copy.x + copy.y * 3 + copy.z * 7);
  results[1] = i64(state.x + state.y * 3 + state.z * 7);
  Object.assign(state, { x: state.y, y: state.x });
  results[2] = i64(state.x - state.y * 2);
  Object.assign(state, copy, { z: bump(state) });
  results[3] = i64(state.x + state.y * 3 + state.z * 7);
  const merged = Object.assign({}, copy, { x: s.b, w: 4 });
  merged.y = 11;
  results[4] = i64(merged.x + merged.y * 3 + merged.z * 5 + merged.w + copy.y);
  return XDP.PASS;
});

const Texts = struct("texts", { a: u8, b: u8, results: array(i64, 3) });
type Operation = "sum" | "difference" | "larger";

function apply(operation: Operation, a: number, b: number): number {
  switch (operation) {
    case "sum":
      return a + b;
    case "difference":
      return a - b;
    default:
      return operation === "larger" ? Math.max(a, b) : 0;
  }
}

export const texts = xdp((ctx) => {
  const s = ctx.packet.at(0, Texts);
  if (!s) return XDP.ABORTED;
  const { a, b, results } = s;
  results[0] = i64(apply("sum", a, b));
  results[1] = i64(apply("difference", a, b));
  results[2] = i64(apply("larger", a, b));
  return XDP.PASS;
});

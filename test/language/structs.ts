// Structs and arrays in memory: constructors, literals, spread, Object.assign, aggregate assignment, nesting, and items at
// an index known only at run time, on the stack and in the packet.
//
// sweep construct: u32 u16
// sweep copies: u32 u16
// sweep arrays: u8 u32
// sweep nested: u8 u8
// sweep tables: u8 u8
import { array, struct, u16, u16be, u32, u32be, u64, u8, xdp, XDP } from "@typebpf/dsl";

const Inner = struct("inner", { tag: u8, port: u16be });
const Outer = struct("outer", { id: u32be, inner: Inner, words: array(u32, 3), wide: u64, tail: u8 });
const Operands = struct("operands", { a: u32, b: u16 });

export const construct = xdp((ctx) => {
  const s = ctx.packet.at(0, Operands);
  const empty = ctx.packet.at(64, Outer);
  const full = ctx.packet.at(128, Outer);
  const part = ctx.packet.at(192, Outer);
  const literal = ctx.packet.at(256, Outer);
  if (!s || !empty || !full || !part || !literal) return XDP.ABORTED;
  Object.assign(empty, Outer());
  Object.assign(full, Outer({ id: s.a, inner: { tag: u8(s.b), port: s.b }, words: [1, s.a, 3], wide: BigInt(s.a) << 16n, tail: 255 }));
  const local = Outer({ inner: { port: s.b }, words: [s.a] });
  local.tail = 9;
  local.words[2] = 0x01020304;
  Object.assign(part, local);
  Object.assign(literal, { id: s.a, tail: 7 });
  return local.inner.tag === 0 && local.words[1] === 0 ? XDP.PASS : XDP.DROP;
});

export const copies = xdp((ctx) => {
  const s = ctx.packet.at(0, Operands);
  const first = ctx.packet.at(64, Outer);
  const second = ctx.packet.at(128, Outer);
  const third = ctx.packet.at(192, Outer);
  if (!s || !first || !second || !third) return XDP.ABORTED;
  const one = Outer({ id: s.a, words: [s.a, s.b, 7] });
  const two = { ...one, inner: Inner({ tag: 1, port: s.b }) };
  one.words[0] = 99;
  one.inner = two.inner;
  two.words = one.words;
  two.inner.tag = 2;
  Object.assign(first, one);
  Object.assign(second, two);
  third.words = second.words;
  third.inner = { tag: 5, port: 6 };
  third.inner = first.inner;
  second.inner.port += 1;
  const copy = Outer(third);
  copy.id = 0x0a0b0c0d;
  Object.assign(third, copy, { wide: 5n });
  return one.inner.tag === 1 ? XDP.PASS : XDP.DROP;
});

const Arrays = struct("arrays", { index: u8, value: u32, read: u32, sum: u32, items: array(u32, 8), bytes: array(u8, 16), shorts: array(u16be, 4) });

export const arrays = xdp((ctx) => {
  const s = ctx.packet.at(0, Arrays);
  if (!s) return XDP.ABORTED;
  const local = array(u32, 8)([1, 2, 3]);
  const at = s.index & 7;
  local[at] = s.value;
  local[7 - at] += 5;
  let sum = 0;
  for (let i = 0; i < 8; i++) sum = (sum * 3 + local[i]) >>> 0;
  s.sum = sum;
  s.items[at] = s.value;
  s.items[0] += 1;
  s.items[(at + 1) & 7] ^= 0xff;
  s.read = s.items[at];
  for (let i = 0; i < s.bytes.length; i++) s.bytes[i] = u8(i * at);
  s.shorts[at & 3] = u8(s.value);
  if (s.index < 16) s.bytes[s.index] = 0xee;
  return local[at] === s.value ? XDP.PASS : XDP.TX;
});

const Cell = struct("cell", { kind: u8, ports: array(u16be, 2) });
const Grid = struct("grid", { x: u8, y: u8, out: u16, cells: array(Cell, 4), rows: array(array(u8, 4), 4) });

export const nested = xdp((ctx) => {
  const g = ctx.packet.at(0, Grid);
  if (!g) return XDP.ABORTED;
  const x = g.x & 3;
  const y = g.y & 3;
  const cell = g.cells[x];
  cell.kind = 7;
  cell.ports[y & 1] = u16(x * 256 + y);
  g.cells[y] = Cell({ kind: 9, ports: [1, 2] });
  g.cells[(x + 1) & 3] = g.cells[x];
  g.rows[y][x] = 0xaa;
  g.rows[(y + 1) & 3] = g.rows[y];
  const local = Grid({ x: g.x });
  local.cells[x].ports[1] = 0x1234;
  local.rows[x][y] = 3;
  const row = local.rows[x];
  row[y] += 4;
  g.out = u16(local.cells[x].ports[1] + local.rows[x][y] + local.cells[y].kind);
  return XDP.PASS;
});

const TABLE = [3, 1, 4, 1, 5, 9, 2, 6] as const;
const SIGNED = [-1, 70000, -70000, 0] as const;
const WIDE = [1n, 0xffff_ffff_ffff_ffffn, 5n, 7n] as const;
const PORTS = { dns: 53, http: 80, list: [1, 2, 3] } as const;
const Tables = struct("tables", { a: u8, b: u8, digit: u8, signed: u32, wide: u64, constant: u16, sum: u8 });

export const tables = xdp((ctx) => {
  const s = ctx.packet.at(0, Tables);
  if (!s) return XDP.ABORTED;
  s.digit = TABLE[s.a & 7];
  s.signed = u32(SIGNED[s.b & 3]);
  s.wide = WIDE[s.b & 3];
  s.constant = PORTS.dns + PORTS.list[2];
  let sum = 0;
  for (const digit of TABLE) sum += digit;
  for (let i = 0; i < TABLE.length; i++) sum += TABLE[i];
  s.sum = u8(sum);
  return s.a === PORTS.http ? XDP.TX : XDP.PASS;
});

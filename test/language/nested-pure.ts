// Structs in arrays in structs, by indices of run time, in packets and on the stack; bounds by tests, masks, remainders and
// loops; copies of items and of whole arrays between packet and stack.
//
// sweep grid: u16 u16
// sweep network: u8 u8
// sweep copies: u32 u8
// sweep bits_: u16 u16
import { array, bits, struct, u16, u16be, u32, u8, union, xdp, XDP } from "@typebpf/dsl";

const Cell = struct("cell", { x: u8, y: u16 });
const Row = struct("row", { id: u8, cells: array(Cell, 3) });
const Grid = struct("grid", { a: u16, b: u16, rows: array(Row, 4), sum: u32, first: u16 });

export const grid = xdp((ctx) => {
  const p = ctx.packet.at(0, Grid);
  if (!p) return XDP.ABORTED;
  const { a, b } = p;
  const rows = array(Row, 4)();
  for (let i = 0; i < 4; i++) {
    rows[i].id = u8(i + 1);
    for (let j = 0; j < 3; j++) {
      rows[i].cells[j].x = u8(a >>> j);
      rows[i].cells[j].y = u16(b + i);
    }
  }
  rows[a & 3].cells[b % 3].y += 7;
  if (a < 4) rows[a].cells[0].x = 0xee;
  const picked = rows[b & 3];
  picked.cells[a % 3].x++;
  let sum = 0;
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < 3; j++) sum += rows[i].cells[j].x + rows[i].cells[j].y * (j + 1);
  }
  p.sum = sum;
  p.rows = rows;
  p.rows[(a >>> 3) & 3].cells[b % 3].y ^= 0x5555;
  p.first = p.rows[a % 4].cells[(b >>> 1) % 3].y;
  return picked.id === (b & 3) + 1 ? XDP.PASS : XDP.DROP;
});

const Entry = struct("entry", { port: u16be, list: array(u16be, 3), flag: u8 });
const Net = struct("net", { i: u8, j: u8, entries: array(Entry, 5), out: u16 });

export const network = xdp((ctx) => {
  const p = ctx.packet.at(1, Net);
  if (!p) return XDP.ABORTED;
  const i = p.i % 5;
  const j = Math.min(p.j, 2);
  const entry = p.entries[i];
  entry.port = p.i * 3;
  entry.list[j] = p.j + 0x100;
  entry.list[p.i % 3] += 1;
  p.entries[4 - i].list[2 - j]--;
  p.out = p.entries[(i + 1) % 5].list[j];
  return p.entries[i].port > 300 ? XDP.TX : XDP.PASS;
});

const Item = struct("item", { kind: u8, name: array(u8, 5), value: u32 });
const Copies = struct("copies", { a: u32, b: u8, items: array(Item, 4), last: Item });

export const copies = xdp((ctx) => {
  const p = ctx.packet.at(0, Copies);
  if (!p) return XDP.ABORTED;
  const items = array(Item, 4)([{ kind: 1, name: "one", value: p.a }, { value: 2 }]);
  items[2] = items[0];
  items[p.b & 3] = Item({ kind: p.b, name: [1, 2, p.b] });
  items[(p.b + 1) & 3] = items[p.b & 3];
  const kept = { ...items[p.b % 4], value: 77 };
  items[0].name = items[3].name;
  p.items = items;
  p.last = kept;
  p.items[1] = p.last;
  p.items[p.b & 3].name = kept.name;
  const whole = array(Item, 4)(p.items);
  whole[3] = p.items[(p.b >>> 2) & 3];
  p.items = whole;
  return whole[3].value === 77 ? XDP.TX : XDP.PASS;
});

const Wide = struct("wide", { a: bits(u16, 3), b: bits(u16, 10), c: bits(u16, 3), d: bits(u32, 20), e: bits(u32, 12), f: bits(u16be, 3), g: bits(u16be, 9), h: bits(u16be, 4) });
const Both = union("both", { wide: Wide, raw: array(u8, 12) });
const Bits = struct("bits", { a: u16, b: u16, list: array(Both, 3), x: u32, y: u32 });

export const bits_ = xdp((ctx) => {
  const p = ctx.packet.at(0, Bits);
  if (!p) return XDP.ABORTED;
  const list = array(Both, 3)();
  const both = list[p.a % 3];
  const { wide } = both;
  wide.b = u16(p.a & 0x3ff);
  wide.b += 1;
  wide.c--;
  wide.a |= 5;
  wide.d = p.a * 16;
  wide.d -= p.b;
  wide.e ^= u16(p.b & 0xfff);
  wide.g = u16(p.b & 0x1ff);
  wide.g <<= 1;
  wide.f++;
  wide.h = u8(p.a >>> 12);
  both.raw[p.b % 12] ^= 0xff;
  p.list = list;
  p.x = wide.d++ + wide.b;
  p.y = wide.g * 8 + --wide.h;
  const net = p.list[p.b % 3].wide;
  net.f += 3;
  net.g &= ~0x11;
  return net.a > 4 ? XDP.DROP : XDP.PASS;
});

// Constant tables indexed at run time: read-only data of every width and sign, rows of objects and arrays, two indices.
//
// sweep scalars: u8
// sweep rows: u8 u8
// sweep large: u8
// run scalars
//   packet: 02
//   returns: PASS
import { array, i32, i64, struct, u16, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";
import { crc, RULES } from "./lib/tables.ts";

const BYTES = [3, 255, 0, 7, 19, 200, 1, 2] as const;
const SMALL = [-1, 127, -128, 5, 0, 9, 3, 1] as const;
const WORDS = [70000, 1, 0xffff_ffff, 5, 12, 9, 3, 1] as const;
const SIGNED = [-70000, 1, 0x7fff_ffff, 5, -12, 9, 3, 1] as const;
const LONGS = [1n, 0xffff_ffff_ffff_ffffn, 0n, 1n << 40n, 7n, 6n, 5n, 4n] as const;
const LARGE = [2 ** 33, 5, 2 ** 40 + 1, 9, 0, 1, 2, 3] as const;
const WIDE = [-(2 ** 40), 2 ** 39, -1, 2 ** 52 - 1, 5, -(2 ** 52), 7, 8] as const;
const FLAGS = [true, false, false, true, true, false, true, false] as const;
const TABLE = Array.from({ length: 256 }, (_, i) => crc(i));
const MATRIX = [
  [1, 20, 300, 4],
  [-5, 60, 7, 8],
  [900, 10, 11, 12],
  [13, 14, -15, 1600],
] as const;

const Scalars = struct("scalars", { index: u8, byte: u8, small: i32, word: u32, signed: i32, long: u64, crc: u32, flag: u8, sum: i64, closed: u16 });

export const scalars = xdp((ctx) => {
  const s = ctx.packet.at(0, Scalars);
  if (!s) return XDP.DROP;
  const i = s.index & 7;
  s.byte = BYTES[i];
  s.small = SMALL[i];
  s.word = WORDS[i];
  s.signed = SIGNED[i];
  s.long = LONGS[i];
  s.crc = TABLE[s.index];
  s.flag = FLAGS[i] ? 1 : 2;
  s.sum = i64(SMALL[i] + SIGNED[i]);
  s.closed = [10, 20, 30, 40, 50, 60, 70, 80][i];
  return XDP.PASS;
});

const Rows = struct("rows", { i: u8, j: u8, cell: i32, port: u16, weight: u64, flag: u8, total: i32, last: i32, count: u16 });
const counts = array(u16, 3);

export const rows = xdp((ctx) => {
  const r = ctx.packet.at(0, Rows);
  if (!r) return XDP.DROP;
  const i = r.i & 3;
  const j = r.j & 3;
  r.cell = MATRIX[i][j];
  if (r.i < RULES.length) {
    const rule = RULES[r.i];
    r.port = rule.port;
    r.weight = rule.weight;
    r.flag = RULES[r.i].flags[j & 1];
    const { port, flags } = RULES[r.i];
    r.count = port + flags[0] + counts.length;
  }
  const row = MATRIX[i];
  r.total = row[0] + row[1] + row[2] + row[3];
  r.last = MATRIX[3][j] + MATRIX[i][0];
  return XDP.PASS;
});

const Large = struct("large", { i: u8, sum: u64, wide: i64, low: u32 });

export const large = xdp((ctx) => {
  const s = ctx.packet.at(0, Large);
  if (!s) return XDP.DROP;
  s.sum = BigInt(LARGE[s.i & 7] + 10);
  s.wide = i64(WIDE[s.i & 7] - 1);
  s.low = u32(WIDE[s.i & 7]);
  return XDP.PASS;
});

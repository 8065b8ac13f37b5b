// Structs in arrays in structs, by indices of run time, in packets, map values, on the stack; copies between them.
// not javascript: maps live in the kernel or the simulator
//
// run maps
//   packet: 01 02 0500 00000000
//   given tables: 00000000 = 0100000000000000 0200000000000000 0300000000000000 0400000000000000 0500000000000000 0600000000000000 0700000000000000 0800000000000000 0900000000000000 0a00000000000000 0b00000000000000 0c00000000000000 0000000000000000
//   returns: PASS
//   out: 01 02 0500 06000000
//   after tables: 00000000 = 0100000000000000 0200000000000000 0300000000000000 0400000000000000 0500000000000000 0b00050000000000 0400000000000000 0500000000000000 0b00050000000000 0a00000000000000 0b00000000000000 0c00000000000000 0600000000000000
// run maps
//   packet: ff ff ffff 00000000
//   given tables: 00000000 = 0100000000000000 0200000000000000 0300000000000000 0400000000000000 0500000000000000 0600000000000000 0700000000000000 0800000000000000 0900000000000000 0a00000000000000 0b00000000000000 0c00000000000000 0000000000000000
//   returns: DROP
// run records
//   packet: 01 02 0500 03000000
//   returns: PASS
//   after events: 00 = 00000000 0000000000000000 0000000005000100 0000000000000000 0000000006000000 00 00 61 62 63 00 00 00
import { array, arrayMap, copy, ringBuffer, struct, u16, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";

const Cell = struct("cell", { x: u16, y: u16, z: u32 });
const Row = struct("row", { cells: array(Cell, 3) });
const Table = struct("table", { rows: array(Row, 4), total: u64 });
export const tables = arrayMap({ value: Table, maxEntries: 1 });

const In = struct("in", { i: u8, j: u8, add: u16, seen: u32 });

export const maps = xdp((ctx) => {
  const p = ctx.packet.at(0, In);
  const table = tables.get(0);
  if (!p || !table) return XDP.ABORTED;
  const { i, j } = p;
  if (i >= 4 || j >= 3) return XDP.DROP;
  const cell = table.rows[i].cells[j];
  p.seen = cell.x;
  cell.x += p.add;
  cell.y = p.add;
  const row = Row(table.rows[i]);
  table.rows[(i + 1) % 4] = row;
  let total = 0n;
  for (let k = 0; k < 4; k++) {
    if (table.rows[k].cells[j].y === p.add) total += 3n;
  }
  table.total = total;
  return XDP.PASS;
});

const Event = struct("event", { n: u32, cells: array(Cell, 4), text: array(u8, 8) });
export const events = ringBuffer({ value: Event, maxEntries: 4096 });

export const records = xdp((ctx) => {
  const p = ctx.packet.at(0, In);
  using event = events.reserve();
  if (!p || !event) return XDP.ABORTED;
  event.cells[p.i % 4].z = p.add + 0x10000 * p.i;
  event.cells[p.seen & 3] = Cell({ z: p.add + 1 });
  copy(event.text, "abc", p.j % 6);
  event.submit();
  return XDP.PASS;
});

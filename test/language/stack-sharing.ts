// Keys, values and variables that are never needed at the same time share the stack: together they are far over 512 bytes.
// not javascript: maps live in the kernel or the simulator
//
// run many
//   packet: 07000000 2a000000
//   returns: PASS
//   after seen: 0100000002000000 = 0700000000000000 2a00000000000000 0000000000000000 0b00000000000000
//   after seen: 0700000000000000 = 0800000000000000 2a00000000000000 0000000000000000 0700000000000000
//   after seen: 0800000001000000 = 0900000000000000 2a00000000000000 0000000000000000 0800000000000000
//   after seen: 0900000002000000 = 0a00000000000000 2a00000000000000 0000000000000000 0900000000000000
//   after seen: 0a00000003000000 = 0b00000000000000 2a00000000000000 0000000000000000 0a00000000000000
// run blocks
//   packet: 03000000 01000000
//   returns: DROP
//   after seen: empty
// run blocks
//   packet: ffffffff feffffff
//   returns: PASS
//   after seen: empty
import { array, hashMap, struct, u32, u64, xdp, XDP } from "@typebpf/dsl";

const Key = struct("key", { a: u32, b: u32 });
const Value = struct("value", { a: u64, b: u64, c: u64, d: u64 });
export const seen = hashMap({ key: Key, value: Value, maxEntries: 100 });

const In = struct("in", { a: u32, b: u32 });

export const many = xdp((ctx) => {
  const p = ctx.packet.at(0, In);
  if (!p) return XDP.ABORTED;
  const kept = Value({ a: BigInt(p.a), b: BigInt(p.b) });
  for (const n of [0, 1, 2, 3] as const) {
    seen.set({ a: p.a + n, b: n }, { a: kept.a + BigInt(n + 1), b: kept.b, d: BigInt(p.a + n) });
  }
  for (const n of [0, 1, 2, 3, 4] as const) seen.set({ a: 1, b: 2 }, { ...kept, d: kept.a + BigInt(n) });
  return kept.c === 0n && kept.b === BigInt(p.b) ? XDP.PASS : XDP.DROP;
});

const Big = array(u64, 30);

export const blocks = xdp((ctx) => {
  const p = ctx.packet.at(0, In);
  if (!p) return XDP.ABORTED;
  let sum = 0n;
  for (const n of [1, 2, 3, 4, 5] as const) {
    const big = Big([BigInt(p.a), BigInt(p.b)]);
    const other = Big(big);
    other[(p.a + n) & 15] = BigInt(n);
    for (let i = 0; i < 30; i++) sum += other[i] ?? 0n;
    sum -= big[0] + big[1];
    if (sum === 99n) break;
  }
  const last = Big();
  for (let i = 0; i < 30; i++) sum += last[i] ?? 0n;
  return sum > 15n ? XDP.PASS : XDP.DROP;
});

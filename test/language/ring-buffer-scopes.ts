// Reserved records and control flow: repeated bodies, switches, choices between records, an index that the kernel's
// verifier loses sight of while a record is held.
// not javascript: maps live in the kernel or the simulator
//
// run repeat
//   packet: 02
//   returns: TX
//   after numbers: 00 = ffffffff
//   after numbers: 01 = fdffffff
// run repeat
//   packet: 00
//   returns: PASS
//   after numbers: 00 = ffffffff
//   after numbers: 01 = feffffff
//   after numbers: 02 = fdffffff
// run repeat
//   packet: 05
//   returns: TX
//   after numbers: 00 = ffffffff
// run ways
//   packet: 00
//   returns: PASS
//   after events: empty
// run ways
//   packet: 01
//   returns: PASS
//   after events: 00 = 09000000 00000000 0500000000000000 01000000 01000000 000300000000 1d 00
// run ways
//   packet: 02
//   returns: TX
//   after events: 00 = 00000000 00000000 0500000000000000 01000000 02000000 000003000000 1d 00
// run ways
//   packet: 03
//   returns: PASS
//   after events: empty
// run ways
//   packet: 05
//   returns: PASS
//   after events: 00 = 00000000 00000000 0500000000000000 01000000 05000000 000000000003 1d 00
// run ways
//   packet: 09
//   returns: PASS
//   after events: 00 = 01000000 00000000 0500000000000000 01000000 09000000 000000030000 1d 00
// run choice
//   packet: 02 00
//   returns: PASS
//   after numbers: 00 = 02000000
//   after numbers: 01 = 01000000
//   after numbers: 02 = 03000000
// run choice
//   packet: 03 01
//   returns: PASS
//   after numbers: 00 = 03000000
//   after numbers: 01 = 04000000
//   after numbers: 02 = 01000000
//   after numbers: 03 = 0b000000
//   after numbers: 04 = 0c000000
//   after numbers: 05 = 03000000
//   after numbers: 06 = 0d000000
// run choice
//   packet: 05 00
//   returns: PASS
//   after numbers: 00 = 05000000
//   after numbers: 01 = 01000000
//   after numbers: 02 = 03000000
// run choice
//   packet: 09 00
//   returns: PASS
//   after numbers: 00 = 00000000
//   after numbers: 01 = 01000000
//   after numbers: 02 = 03000000
// run chained
//   packet: 01
//   returns: PASS
//   after numbers: 00 = 05000000
// run chained
//   packet: 00
//   returns: PASS
//   after numbers: empty
import { array, atomicAdd, bits, i32, ringBuffer, struct, u8, u32, u64, XDP, xdp } from "@typebpf/dsl";

const Inner = struct("inner", { a: u8, b: u32 });
const Event = struct("event", { kind: u32, length: u32, stamp: u64, inner: Inner, bytes: array(u8, 6), lo: bits(u8, 3), hi: bits(u8, 5) });
export const events = ringBuffer({ value: Event, maxEntries: 4096 });
export const numbers = ringBuffer({ value: i32, maxEntries: 4096 });

export const repeat = xdp((ctx) => {
  const first = ctx.packet.at(0, array(u8, 8));
  if (!first) return XDP.DROP;
  let n = 0;
  for (const k of [1, 2, 3] as const) {
    using number = numbers.reserve();
    if (!number) continue;
    number.value = k * -1;
    if (first[0] === k) continue;
    n += 1;
    if (n === 2 && first[0] > 4) break;
    number.submit();
  }
  return n > 2 ? XDP.PASS : XDP.TX;
});
export const ways = xdp((ctx) => {
  const first = ctx.packet.at(0, array(u8, 8));
  if (!first) return XDP.DROP;
  using e = events.reserve();
  const kind = e?.kind ?? 77;
  if (e !== undefined) {
    atomicAdd(e, "stamp", 5n);
    e.inner = Inner({ a: 1, b: first[0] });
    e.lo = 5; e.hi = 3;
    e.bytes[first[0] % 6] = 3;
  }
  switch (first[0]) {
    case 1: {
      using f = events.reserve();
      if (!f || !e) return XDP.ABORTED;
      Object.assign(f, { ...e, kind: 9 });
      f.submit();
      break;
    }
    case 2:
      if (e) e.submit();
      return XDP.TX;
    case 3:
      if (e) { e.length = kind; e.discard(1); }
      break;
    default:
      if (e && e.inner.b === 5) e.submit();
      else if (e && e.inner.b === 9) { e.kind = 1; e.submit(); }
  }
  return XDP.PASS;
});
function pick(flag: number): { ok: boolean; v: number } {
  using x = numbers.reserve();
  using y = numbers.reserve();
  const z = flag > 2 ? x : y;
  if (!z) return { ok: false, v: 0 };
  z.value = flag;
  if (x && y) {
    if (flag === 3) { y.value = 4; x.submit(); y.submit(); }
    else if (flag === 5) x.submit();
    else y.submit();
  }
  return { ok: true, v: flag };
}
export const choice = xdp((ctx) => {
  const first = ctx.packet.at(0, array(u8, 8));
  if (!first) return XDP.DROP;
  const r = pick(first[0]);
  let i = 0;
  while (i < 3) {
    i++;
    using w = numbers.reserve();
    if (w === undefined) break;
    w.value = i;
    do {
      using v = numbers.reserve();
      if (!v) return XDP.TX;
      v.value = i + 10;
      if (first[1] === 0) break;
      v.submit();
    } while (i > 100);
    if (i !== 2) w.submit();
  }
  return r.ok ? XDP.PASS : XDP.ABORTED;
});

export const chained = xdp((ctx) => {
  const first = ctx.packet.at(0, u8);
  using number = numbers.reserve();
  if (number) number.value = 5;
  if (first?.value === 1) number?.submit();
  else number?.discard(1);
  return XDP.PASS;
});

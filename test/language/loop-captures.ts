// What bodies of long loops capture: the context, refs into maps that may be absent, refs to the stack.
// not javascript: maps live in the kernel or the simulator
//
// run captures
//   packet: 0102030405060708090a0b0c0d0e0f10 (to 64)
//   returns: PASS
//   out: c8000000 c8000000 00000000
import { hashMap, loop, struct, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";

const counts = hashMap({ key: u32, value: u64, maxEntries: 4 });
const Out = struct("out", { found: u32, bytes: u32, missing: u32 });
const Point = struct("point", { bytes: u32 });

export const captures = xdp((ctx) => {
  counts.set(1, 0n);
  const found = counts.get(1);
  const missing = counts.get(2);
  const point = Point({ bytes: 0 });
  let absent = 0;
  loop(Math.min(ctx.packet.length * 50, 200), (i) => {
    const byte = ctx.packet.at(i & 31, u8);
    if (!byte) return false;
    point.bytes += 1;
    if (found) found.value += 1n;
    if (missing) absent = (absent + 1) & 0xff;
    return true;
  });
  const s = ctx.packet.at(0, Out);
  if (!s) return XDP.DROP;
  s.found = u32(found ? found.value : 0n);
  s.bytes = point.bytes;
  s.missing = absent;
  return XDP.PASS;
});

// bytesEqual on packets, map values and the stack: aligned or not, as a condition and as a value.
// not javascript: maps and the context live in the kernel or the simulator
//
// run compares
//   packet: 6162636465666768696a6b6c6d6e6f7071 (exact)
//   returns: TC.OK
//   leaves: mark=1 priority=1 cb[0]=1 cb[1]=1 cb[2]=1
// run compares
//   packet: 6162636465666768696a6b6c6d6e6f7071
//   returns: TC.OK
//   leaves: mark=1 priority=1 cb[0]=1 cb[1]=1 cb[2]=2
// run compares
//   packet: 6162636465666768696a6b6c6d6e6f71
//   returns: TC.OK
//   leaves: mark=2 priority=0
import { tc, TC, array, u8, struct, bytesEqual, arrayMap, u32 } from "@typebpf/dsl";
const Rec = struct("rec", { a: u8, text: array(u8, 11), b: u32 });
export const records = arrayMap({ value: Rec, maxEntries: 1 });
export const compares = tc((ctx) => {
  const t = ctx.packet.at(1, array(u8, 15));
  if (!t) return TC.SHOT;
  const same = bytesEqual(t, "bcdefghijklmnop");
  if (!bytesEqual(t, "bcdefghijklmnoq")) ctx.priority = 1;
  ctx.mark = same ? 1 : 2;
  const r = records.get(0);
  if (r) {
    r.text = array(u8, 11)([104, 101, 108, 108, 111, 32, 119, 111, 114, 108, 100]);
    if (bytesEqual(r.text, "hello world")) ctx.cb[0] = 1;
  }
  const s = Rec();
  for (let i = 0; i < 11; i++) s.text[i] = 65 + i;
  ctx.cb[1] = bytesEqual(s.text, "ABCDEFGHIJK") ? 1 : 0;
  let w = s;
  if (ctx.len > 40) w = Rec({ a: 1 });
  ctx.cb[2] = bytesEqual(w.text, "ABCDEFGHIJK") ? 1 : 2;
  return TC.OK;
});

// Padding of keys and values is zero, wherever the struct came from: filled by a helper, seen in a buffer, a member of a union.
// not javascript: maps live in the kernel or the simulator
//
// run loaded
//   packet: 00112233445566778899aabbccddeeff
//   returns: TC.OK
//   after seen: 0000000044556677 = 8800000000000000
//   after seen: 0100000044556677 = 8800000000000000
//   after seen: 0200000044556677 = 8800000000000000
// run viewed
//   packet: 00112233445566778899aabbccddeeff
//   returns: TC.OK
//   after seen: 0000000044556677 = 8800000000000000
//   after seen: cc00000000112233 = 0000000044000000
//   after seen: 0300000044556677 = 0100000000000000
import { array, copy, hashMap, struct, tc, TC, u32, u64, u8, union, view } from "@typebpf/dsl";

const Key = struct("key", { a: u8, b: u32 });
const Value = struct("value", { c: u8, d: u32 });
export const seen = hashMap({ key: Key, value: Value, maxEntries: 10 });
const Both = struct("both", { key: Key, value: Value });

export const loaded = tc((ctx) => {
  const both = ctx.loadBytes(0, Both);
  if (!both) return TC.SHOT;
  both.value.d = 0;
  seen.set(both.key, both.value);
  const copied = { ...both.key, a: 1 };
  seen.set(copied, { ...both.value });
  let key = Key();
  if (ctx.mark === 0) key = both.key;
  key.a = 2;
  seen.set(key, both.value);
  return TC.OK;
});

const Raw = union("raw", { key: Key, word: u64, bytes: array(u8, 8) });

export const viewed = tc((ctx) => {
  const bytes = ctx.packet.at(0, array(u8, 16));
  if (!bytes) return TC.SHOT;
  const buffer = new Uint8Array(20);
  copy(buffer, bytes);
  const key = view(buffer, 0, Key);
  buffer[9] = 0;
  buffer.fill(0, 12);
  seen.set(key, view(buffer, 8, Value));
  const at = ctx.mark + 4;
  if (at === 4) {
    buffer.set(bytes);
    copy(buffer, [0xcc, 1, 2, 3, 0, 0x11, 0x22, 0x33, 0x44], 8);
    buffer.fill(0, 17);
    seen.set(view(buffer, at * 2, Key), Value(view(buffer, 8 + at, Value)));
  }
  const raw = Raw({ bytes: [3, 9, 9, 9, 0x44, 0x55, 0x66, 0x77] });
  seen.set(raw.key, { c: 1 });
  return TC.OK;
});

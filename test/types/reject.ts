// What TypeScript itself must refuse, by rule of the kernel or of the language. Checked by types.test.ts, never run:
// an expectation without an error is an error.
import {
  array,
  arrayMap,
  atomicAdd,
  bits,
  bytesEqual,
  hashMap,
  i32,
  type i64,
  lpmTrie,
  offsetOf,
  socketFilter,
  struct,
  TC,
  tc,
  u8,
  u16,
  u16be,
  u32,
  u32be,
  u64,
  XDP,
  xdp,
} from "@typebpf/dsl";
import { Ethernet, EtherType, IPv4 } from "@typebpf/dsl/net";

const Key = struct("key", { a: u32, b: u8 });
const Deep = struct("deep", { four: array(u32, 4), six: array(u8, 6), key: Key });
const Nibbles = struct("nibbles", { low: bits(u8, 4), high: bits(u8, 4) });
const hash = hashMap({ key: Key, value: u64, maxEntries: 1 });
const slots = arrayMap({ value: u64, maxEntries: 1 });
const small = arrayMap({ value: Nibbles, maxEntries: 1 });
const rules = lpmTrie({ key: u32be, value: u64, maxEntries: 1 });
declare const half: u16;
declare const word: u32;
declare const signed: i32;
declare const signedWide: i64;

export const packets = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  // @ts-expect-error a packet access needs a bounds check
  eth.proto;
  if (!eth) return XDP.DROP;
  // @ts-expect-error a header has the fields it has
  eth.protocol;
  // @ts-expect-error the length of a packet is not to be written
  ctx.packet.length = 3;
  // @ts-expect-error a bit field is no value of its own
  ctx.packet.at(0, bits(u8, 4));
  // @ts-expect-error a constant is not to be written
  EtherType.IPv4 = 1;
  // @ts-expect-error network and host order: both sides are numbers, 64 bits are not
  if (eth.proto === 0x0800n) return XDP.DROP;
  return XDP.PASS;
});

export const lookups = xdp((ctx) => {
  const count = hash.get({ a: 1, b: 2 });
  // @ts-expect-error a map lookup may fail
  count.value += 1n;
  if (!count) return XDP.DROP;
  // @ts-expect-error 64-bit and 32-bit values do not mix
  count.value += 1;
  // @ts-expect-error 64-bit and 32-bit values do not mix
  count.value = ctx.ingressIfindex;
  // @ts-expect-error a key has the fields of its schema
  hash.get({ a: 1, c: 2 });
  // @ts-expect-error a wide value does not fit a narrow field
  hash.set({ a: 1, b: ctx.ingressIfindex }, 1n);
  // @ts-expect-error a value has the type of its schema
  hash.set({ a: 1, b: 1 }, 1);
  // @ts-expect-error the key of a trie carries its length
  rules.get({ address: 1 });
  // @ts-expect-error the key of a trie is a prefix
  rules.get(ctx.ingressIfindex);
  // @ts-expect-error the length of a prefix is a number
  rules.has({ prefixLength: 8n, address: 1 });
  // @ts-expect-error an address has the type of its schema
  rules.delete({ prefixLength: 8, address: [10, 0, 0, 0] });
  // @ts-expect-error not a way to update
  hash.set({ a: 1, b: 1 }, 1n, 3);
  return XDP.PASS;
});

export const operations = xdp(() => {
  // @ts-expect-error an array map has no delete
  slots.delete(0);
  // @ts-expect-error a hash has no tail calls
  hash.tailCall(0);
  // @ts-expect-error an index is a number
  slots.get(0n);
  // @ts-expect-error no such option
  arrayMap({ key: u32, value: u64, maxEntries: 1 });
  // @ts-expect-error a map holds something
  hashMap({ key: u32, maxEntries: 1 });
  const nibbles = small.get(0);
  // @ts-expect-error atomics need 32 or 64 bits
  if (nibbles) atomicAdd(nibbles, "low", 1);
  const count = slots.get(0);
  // @ts-expect-error 64-bit and 32-bit values do not mix
  if (count) atomicAdd(count, "value", 1);
  return XDP.PASS;
});

export const contexts = xdp((ctx) => {
  // @ts-expect-error each program type has its own helpers
  ctx.loadBytesRelative(0, IPv4, 0);
  // @ts-expect-error each program type has its own fields
  ctx.mark;
  // @ts-expect-error read-only context field
  ctx.ingressIfindex = 3;
  // @ts-expect-error a helper takes what it takes
  ctx.adjustHead(1n);
  return XDP.PASS;
});

export const shaping = tc((ctx) => {
  // @ts-expect-error read-only context field
  ctx.protocol = 1;
  // @ts-expect-error the items are written, not the array
  ctx.cb = array(u32, 5)();
  // @ts-expect-error a field of another program type
  ctx.family;
  // @ts-expect-error 64-bit values are bigint
  ctx.tstamp = 1;
  // @ts-expect-error what was not loaded is undefined
  ctx.loadBytes(0, IPv4).ttl;
  // @ts-expect-error only memory has bytes to store
  ctx.storeBytes(0, 5);
  return TC.OK;
});
export const listening = socketFilter((ctx) => {
  // @ts-expect-error a socket filter has no packet of its own
  ctx.packet;
  // @ts-expect-error a socket filter cannot write
  ctx.storeBytes(0, IPv4());
  // @ts-expect-error read-only context field
  ctx.mark = 1;
  return ctx.len;
});
// @ts-expect-error verdicts of another program type
tc(() => XDP.PASS);
// @ts-expect-error text against bytes
bytesEqual(array(u16, 2)(), "ab");
// @ts-expect-error an XDP program returns an XdpAction, not a number
xdp(() => 2);
// @ts-expect-error an XDP program returns an XdpAction on every path
xdp((ctx) => {
  if (ctx.packet.length === 0) return XDP.DROP;
});
// @ts-expect-error an XDP program decides at once
xdp(async () => XDP.PASS);
// @ts-expect-error an XDP program has one argument
xdp((_ctx, more: number) => (more ? XDP.PASS : XDP.DROP));

// @ts-expect-error a wide value needs a cast: u8(half)
export const narrow: u8 = half;
// @ts-expect-error a wide value needs a cast: u16(word)
export const narrower: u16 = word;
// @ts-expect-error signed and unsigned values differ
export const unsigned: u32 = signed;
// @ts-expect-error signed and unsigned values differ
export const unsignedWide: u64 = signedWide;
// @ts-expect-error 64-bit values are bigint
export const wide: u64 = word;
// @ts-expect-error a cast gives its width, not a narrower one
export const cast: u8 = u16be(1);

const deep = Deep();
// @ts-expect-error arrays of different lengths
deep.four = array(u32, 3)();
// @ts-expect-error arrays of different items
deep.six = array(u16, 6)();
// @ts-expect-error an array's length is fixed
deep.six.length = 3;
// @ts-expect-error more items than the array has
Deep({ six: [1, 2, 3, 4, 5, 6, 7] });
// @ts-expect-error more items than the array has
array(u8, 2)([1, 2, 3]);
// @ts-expect-error no such field
Deep({ key: { c: 1 } });
// @ts-expect-error no such field
offsetOf(Deep, "seven");
// @ts-expect-error arrays are compared nowhere: a struct is no integer
deep.key = 1;
// @ts-expect-error a bit field needs an unsigned unit
bits(i32, 4);
// @ts-expect-error a bit field's unit has at most 32 bits
bits(u64, 4);
// @ts-expect-error arrays of bit fields do not exist
array(bits(u8, 4), 2);
// @ts-expect-error a struct is made of schemas
struct("wrong", { a: 1 });

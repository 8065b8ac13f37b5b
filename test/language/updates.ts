// `++`, `--`, compound and chained assignment as expressions, on every kind of place: variables, members, items, fields of
// the packet and the stack, big-endian ones, bit fields, refs of scalars; the order in which their parts are evaluated.
//
// bigint: signed
// sweep variables: i16 u8
// sweep fields: u8 u16
// sweep wide: i64 i64
import { array, bits, i16, i64, struct, u8, u16, u16be, u32, xdp, XDP } from "@typebpf/dsl";

const Variables = struct("variables", { a: i16, b: u8, results: array(i64, 6) });

export const variables = xdp((ctx) => {
  const s = ctx.packet.at(0, Variables);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  let x: number = s.a;
  let y: number = s.b;
  results[0] = i64(x++ * 1000 + ++y + (x-- - --y));
  let z = (x += y) + (x -= 3) * (y |= 1);
  results[1] = i64(z);
  x = y = z & 0xff;
  results[2] = i64(x + y * (z ^= x));
  x = s.a;
  x <<= s.b;
  y = (x >>= 3) + (x >>>= 5);
  results[3] = i64(y + (x &= 0xfff));
  const state = { n: s.b, pair: [s.a, 5] as [number, number] };
  state.n++;
  z = state.n-- + (state.pair[0] += state.pair[1]++) * (state.n *= 2);
  results[4] = i64(z + state.pair[1] + (state.pair[0] %= 7));
  let flag = s.a > 0;
  flag &&= s.b > 3;
  let other = s.b > 100;
  other ||= flag;
  let maybe: number | undefined = other ? s.b : undefined;
  maybe ??= -1;
  results[5] = i64((flag ? 1 : 0) + (other ? 2 : 0) + maybe * 4);
  return XDP.PASS;
});

const Bits = struct("update_bits", { low: bits(u8, 3), high: bits(u8, 5) });
const Fields = struct("fields", {
  a: u8,
  b: u16,
  byte: u8,
  half: u16be,
  packed: Bits,
  items: array(u8, 4),
  words: array(u16be, 3),
  results: array(i64, 8),
});

export const fields = xdp((ctx) => {
  const s = ctx.packet.at(0, Fields);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  s.byte = s.a;
  s.half = s.b;
  results[0] = i64(s.byte++ * 1000 + s.byte + ++s.byte);
  results[1] = i64((s.half += s.byte) + s.half-- + --s.half);
  s.packed.low = s.a & 7;
  s.packed.high = s.b & 31;
  results[2] = i64(s.packed.low++ * 100 + s.packed.low);
  results[3] = i64(--s.packed.high * 100 + s.packed.high);
  s.items[0] = s.items[1] = s.a;
  s.items[2] = u8((s.items[3] = s.items[0]) + 1);
  let i = 0;
  s.items[i++] ^= s.items[i++]++;
  s.items[i] |= s.items[i & 1] <<= 1;
  results[4] = i64(s.items[0] + s.items[1] * 256 + s.items[2] * 65536 + s.items[3] * 3 + i);
  s.words = [s.b, 2, 3];
  const k = s.a % 3;
  results[5] = i64(s.words[k]++ + (s.words[2] -= s.words[k]) + s.words[1]);
  const copy = Fields({ a: s.a, b: s.b });
  copy.b ^= copy.a++;
  results[6] = i64(copy.b * 256 + copy.a--  + (copy.half = copy.b >>> 1));
  const ref = ctx.packet.at(1, u16);
  if (ref) results[7] = i64(ref.value++ + (ref.value &= 0xff));
  return XDP.PASS;
});

const Wide = struct("wide", { a: i64, b: i64, field: i64, results: array(i64, 6) });

export const wide = xdp((ctx) => {
  const s = ctx.packet.at(0, Wide);
  if (!s) return XDP.ABORTED;
  const { results } = s;
  let x = s.a;
  let y = s.b;
  results[0] = x++ + --y;
  results[1] = (x *= y) - (y -= x);
  s.field = x;
  results[2] = s.field++ ^ ++s.field;
  results[3] = (s.field <<= 3n) + (s.field >>= 1n);
  x = y = s.field -= 5n;
  results[4] = x + y;
  results[5] = (x |= s.a) & (y ^= s.b);
  return XDP.PASS;
});

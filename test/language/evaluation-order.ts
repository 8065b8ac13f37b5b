// Everything is evaluated from left to right, once, and when JavaScript does it.
//
// sweep steps: u8 u8
// sweep calls: u8 u8
// sweep targets: u8 u8
// sweep scopes: u8 i32
// sweep jumps: u8 u8
import { array, i32, i64, struct, u16, u32, u8, xdp, XDP, type XdpAction } from "@typebpf/dsl";

const Steps = struct("steps", { a: u8, b: u8, r: array(i32, 12), log: u32 });

interface Log {
  value: number;
}

function note(log: Log, digit: number): number {
  log.value = (log.value * 8 + digit) >>> 0;
  return digit;
}

function truthy(log: Log, digit: number, result: boolean): boolean {
  note(log, digit);
  return result;
}

export const steps = xdp((ctx) => {
  const s = ctx.packet.at(0, Steps);
  if (!s) return XDP.ABORTED;
  let x = s.a;
  s.r[0] = i32(x++ * 1000 + x++ * 10 + x);
  s.r[1] = i32(x-- - --x);
  let y = 1;
  y += y++ + ++y;
  s.r[2] = y;
  let z = 5;
  z = z++ + (z = 7) + z--;
  s.r[3] = z;
  let i = 0;
  s.r[4 + (i++)] = i;
  s.r[4 + i++] = i++ * 10 + i;
  s.r[6] = i;
  const w = (i = 3, i + 1);
  s.r[7] = w * 10 + i;
  let p = s.a;
  let q = s.b;
  const [first, second] = [q, p];
  p = first;
  q = second;
  s.r[8] = i32(p * 256 + q);
  let chain = 0;
  const other = (chain = s.a) + chain;
  s.r[9] = i32(other);
  s.a = u8(s.a + 1);
  s.r[10] = i32(s.a + (s.a = u8(9)) + s.a);
  return XDP.PASS;
});

export const calls = xdp((ctx) => {
  const s = ctx.packet.at(0, Steps);
  if (!s) return XDP.ABORTED;
  const log: Log = { value: 0 };
  const { a, b } = s;
  s.r[0] = note(log, 1) + note(log, 2) * note(log, 3);
  s.r[1] = truthy(log, 4, a > b) && truthy(log, 5, a > 10) ? note(log, 6) : note(log, 7);
  s.r[2] = truthy(log, 1, a > b) || truthy(log, 2, b > 100) ? note(log, 3) : 0;
  s.r[3] = log.value | 0;
  log.value = 0;
  const at = (): number => note(log, 1) & 1;
  s.r[at() + 4] = note(log, 2);
  s.r[note(log, 3) + 3] += note(log, 4);
  s.log = u32(log.value);
  switch (note(log, a & 3)) {
    case note(log, 1):
      s.r[7] = 1;
      break;
    case note(log, 2):
      s.r[7] = 2;
      break;
    default:
      s.r[7] = 3;
  }
  s.r[8] = log.value | 0;
  for (let i = note(log, 0); i < 3 && truthy(log, 1, i < b); i += note(log, 2) - 1) note(log, 5);
  s.r[9] = log.value | 0;
  return XDP.PASS;
});

const Targets = struct("targets", { a: u8, b: u8, items: array(u16, 8), total: u32, flags: array(u8, 4) });

export const targets = xdp((ctx) => {
  const s = ctx.packet.at(0, Targets);
  if (!s) return XDP.ABORTED;
  let i = s.a & 3;
  s.items[i++] += s.b;
  s.items[i]++;
  const old = s.items[i++]--;
  s.items[i] = u16(old + 5);
  s.items[i] *= 3;
  s.items[(i = 6)] = u16(i);
  s.items[i] ||= 4;
  s.items[7] ||= s.a;
  s.items[0] &&= 77;
  const copy = array(u16, 8)(s.items);
  copy[i & 7] -= 1;
  let total = 0;
  for (let j = 0; j < copy.length; j++) total = (total * 7 + copy[j]) & 0xffffff;
  for (let j = 0; j < s.items.length; j++) total ^= s.items[j];
  s.total = u32(total);
  const record = { count: 1, inner: { x: s.a, y: 2 } };
  record.inner.x += 3;
  record.count += record.inner.x++ * 2;
  const { inner: { x, y: why }, count } = record;
  s.flags[0] = u8(x);
  s.flags[1] = u8(why);
  s.flags[2] = u8(count);
  const bump = (state: { x: number; y: number }, by: number): void => {
    state.y += by;
    state.x = state.y;
  };
  bump(record.inner, 5);
  s.flags[3] = u8(record.inner.x + record.inner.y);
  return XDP.PASS;
});

const Scopes = struct("scopes", { a: u8, b: i32, shadowed: i64, loops: i64, hoisted: i64, closure: i64, bool: u8 });
const shade = 100;

export const scopes = xdp((ctx) => {
  const s = ctx.packet.at(0, Scopes);
  if (!s) return XDP.ABORTED;
  const a = s.a;
  let sum = a;
  {
    const a = 7;
    sum += a;
    {
      let shade = a * 2;
      shade++;
      sum += shade;
    }
  }
  sum += a + shade;
  s.shadowed = i64(sum);
  let loops = 0;
  for (let i = 0; i < 3; i++) {
    const i2 = i * i;
    for (let i = 10; i < 12; i++) loops += i + i2;
    loops += i;
  }
  s.loops = i64(loops);
  s.hoisted = i64(later(s.b));
  const factor = 3;
  const scale = (v: number): number => v * factor + a;
  s.closure = i64(scale(scale(a)));
  const big = s.b > 1000;
  const both = big && a > 3;
  let flag = !both;
  if (big === both) flag = !flag;
  s.bool = flag ? 1 : 0;
  return flag !== big ? XDP.TX : XDP.PASS;
});

function later(value: number): number {
  const shade = value < 0 ? -1 : 1;
  return shade * helper(value);
}

function helper(value: number): number {
  return Math.abs(value) + shade;
}

const Jumps = struct("jumps", { a: u8, b: u8, r: array(u8, 8) });

function find(a: number, b: number): number {
  for (let i = 0; i < 5; i++) {
    switch ((a + i) & 3) {
      case 0:
        if (i === b) return i * 10;
        continue;
      case 1:
        break;
      case 2:
        return i + 100;
      default:
        for (let j = 0; j < 3; j++) {
          if (j === b) return j + 50;
          if (a > 200) break;
        }
    }
    if (b > 100) return 200;
  }
  return 255;
}

function verdict(value: number): XdpAction {
  if (value < 10) return XDP.DROP;
  else if (value < 100) {
    if (value & 1) return XDP.TX;
  } else return XDP.PASS;
  return XDP.ABORTED;
}

export const jumps = xdp((ctx) => {
  const s = ctx.packet.at(0, Jumps);
  if (!s) return XDP.ABORTED;
  s.r[0] = u8(find(s.a, s.b));
  s.r[1] = u8(find(s.b, s.a) + find(s.a >> 1, s.b & 3));
  let n = 0;
  outer: while (n < 20) {
    n++;
    do {
      n += 2;
      if (n === (s.a & 15)) break outer;
      if (n > (s.b & 15)) continue outer;
    } while (n < 12);
    n++;
  }
  s.r[2] = u8(n);
  let k = 0;
  for (;;) {
    if (k >= 7 || k * 3 > s.a) break;
    k++;
  }
  s.r[3] = u8(k);
  return verdict(s.r[0]);
});

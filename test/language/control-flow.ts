// Branches and loops: if, ternary, short circuits, switch with fall-through, for, while, do, labels, early return.
//
// sweep branches: i32 u8
// sweep circuits: u8 u8
// sweep switches: u8 u16
// sweep loops: u8 u8
// sweep labels: u8 u8
// sweep early: u8 u32
// sweep assignments: u8 u8
import { i32, struct, u16, u32, u8, xdp, XDP, type XdpAction } from "@typebpf/dsl";

const Branches = struct("branches", { a: i32, b: u8, first: u8, second: i32, third: i32, fourth: u8 });

export const branches = xdp((ctx) => {
  const s = ctx.packet.at(0, Branches);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  let size = 0;
  if (a < 0) size = 1;
  else if (a === 0) size = 2;
  else if (a < 100) {
    size = 3;
    if (b > 7) size += 10;
  } else {
    size = 4;
  }
  s.first = u8(size);
  s.second = a > b ? a : b;
  s.third = a < 0 ? (b > 100 ? -3 : -2) : b > 100 ? 3 : 2;
  let result = 0;
  if (a > 0 && b > 0) result = 1;
  if (a < 0 || b === 0) result += 2;
  if (!(a > 5) && (b < 3 || (a > 1 && b !== 8))) result += 4;
  s.fourth = u8(result);
  return result > 2 ? XDP.DROP : a === 7 ? XDP.TX : XDP.PASS;
});

const Circuits = struct("circuits", { a: u8, b: u8, and: u8, or: u8, both: u8, order: u8, not: u8, chained: u8 });

export const circuits = xdp((ctx) => {
  const s = ctx.packet.at(0, Circuits);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  s.and = a && b;
  s.or = a || b;
  s.both = (a && 5) || b;
  let calls = 0;
  const yes = a > 5 && ++calls > 0 && b > 5;
  const no = a > 5 || ++calls > 1;
  s.order = u8(calls + (yes ? 100 : 0) + (no ? 50 : 0));
  s.not = !a ? 1 : !!b ? 2 : 3;
  const ref = ctx.packet.at(a, u8);
  s.chained = ref?.value ?? 77;
  return yes === no ? XDP.TX : XDP.PASS;
});

const Switches = struct("switches", { a: u8, b: u16, kind: u8, fall: u8, inner: u8, none: u8 });
const Kind = { One: 1, Two: 2, Big: 127 } as const;

export const switches = xdp((ctx): XdpAction => {
  const s = ctx.packet.at(0, Switches);
  if (!s) return XDP.ABORTED;
  switch (s.a) {
    case Kind.One:
      s.kind = 1;
      break;
    case Kind.Two:
    case 3:
      s.kind = 23;
      break;
    default:
      s.kind = 99;
      break;
    case Kind.Big:
      s.kind = 127;
  }
  let count = 0;
  switch (s.a & 7) {
    case 0:
      count += 1;
    case 1:
      count += 2;
    case 2: {
      count += 4;
      break;
    }
    case 3:
      count += 8;
    default:
      count += 16;
  }
  s.fall = u8(count);
  for (let i = 0; i < 4; i++) {
    switch (s.b & (1 << i)) {
      case 0:
        continue;
      case 2:
        s.inner += 2;
        break;
      default:
        s.inner += 1;
    }
    s.inner += 16;
  }
  switch (s.b) {
    case 255: return XDP.DROP;
    case 256: return XDP.TX;
    case 0xffff: return XDP.ABORTED;
  }
  return XDP.PASS;
});

const Loops = struct("loops", { a: u8, b: u8, sum: u32, skipped: u32, stopped: u32, nested: u32, down: u32, whiles: u32, dos: u32, steps: u32 });

export const loops = xdp((ctx) => {
  const s = ctx.packet.at(0, Loops);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  let sum = 0;
  for (let i = 0; i < 10; i++) sum += i * a;
  s.sum = sum;
  let skipped = 0;
  for (let i = 0; i < 16; i += 1) {
    if ((i & 3) === (a & 3)) continue;
    if (i > b) break;
    skipped += i;
  }
  s.skipped = skipped;
  let stopped = 0;
  const limit = Math.min(a, 20);
  for (let i = 0; i < limit; i++) {
    stopped = i;
    if (i * 3 > b) break;
  }
  s.stopped = stopped;
  let nested = 0;
  for (let i = 0; i < 4; i++) for (let j = i; j < 4; j++) nested = (nested * 3 + i * j + b) & 0xffff;
  s.nested = nested;
  let down = 0;
  for (let i = 9; i >= 0; i--) down = (down * 2 + ((a >> (i & 7)) & 1)) & 0xffff;
  s.down = down;
  let rest = a;
  let turns = 0;
  while (rest > 0 && turns < 8) {
    rest = rest >> 1;
    turns++;
  }
  s.whiles = turns;
  let done = 0;
  do {
    done += 3;
  } while (done < 20 && done < b);
  s.dos = done;
  let steps = 0;
  for (let i = 1, j = 1; i < 50; i += 3, j = (j + i) & 0xff) steps = (steps + i + j) & 0xffff;
  s.steps = steps;
  return XDP.PASS;
});

const Labels = struct("labels", { a: u8, b: u8, found: u8, count: u8, block: u8 });

export const labels = xdp((ctx) => {
  const s = ctx.packet.at(0, Labels);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  let found = 255;
  let count = 0;
  outer: for (let i = 0; i < 6; i++) {
    for (let j = 0; j < 6; j++) {
      count++;
      if (i * j === (a & 15)) {
        found = i * 10 + j;
        break outer;
      }
      if (j > (b & 7)) continue outer;
    }
  }
  s.found = u8(found);
  s.count = u8(count);
  block: {
    s.block = 1;
    if (a > b) break block;
    s.block = 2;
  }
  return XDP.PASS;
});

const Early = struct("early", { a: u8, b: u32, depth: u8 });

export const early = xdp((ctx) => {
  const s = ctx.packet.at(0, Early);
  if (!s) return XDP.ABORTED;
  if (s.a === 0) return XDP.DROP;
  for (let i = 0; i < 8; i++) {
    s.depth = u8(i);
    if (s.a === i) return XDP.TX;
    if (s.b === i * 32) {
      if (s.a > 100) return XDP.DROP;
      return XDP.ABORTED;
    }
  }
  if (s.b > 0x8000_0000) return XDP.DROP;
  return XDP.PASS;
});

const Assignments = struct("assignments", { a: u8, b: u8, w: u16, plus: u8, minus: u8, times: u16, and: u8, or: u8, xor: u8, left: u16, right: u8, logical: u8, rest: u8, post: u8, pre: u8, nullish: u8, chain: u8, orElse: u8, andThen: u8 });

export const assignments = xdp((ctx) => {
  const s = ctx.packet.at(0, Assignments);
  if (!s) return XDP.ABORTED;
  const { a, b } = s;
  s.plus = a;
  s.plus += b;
  s.minus = a;
  s.minus -= b;
  s.times = a;
  s.times *= b;
  s.and = a;
  s.and &= b;
  s.or = a;
  s.or |= b;
  s.xor = a;
  s.xor ^= b;
  s.left = a;
  s.left <<= 3;
  s.right = a;
  s.right >>= 2;
  s.logical = b;
  s.logical >>>= 4;
  s.rest = a;
  s.rest %= 10;
  let x = 5;
  s.post = u8(x++ + x);
  s.pre = u8(--x * 10 + x--);
  s.chain = s.w = a;
  s.orElse = a;
  s.orElse ||= 9;
  s.andThen = a;
  s.andThen &&= 9;
  s.plus++;
  --s.minus;
  const old = s.nullish++;
  return old === 0 && x === 4 ? XDP.PASS : XDP.DROP;
});

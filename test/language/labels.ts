// Labels on blocks, loops and switches; do…while; switch in every form: fall-through, default anywhere, bigint, boolean,
// `switch (true)`, cases of run time.
//
// sweep labels: u8 u8
// sweep loops: u8 u16
// sweep numbers: i16 u8
// sweep bigints: u64 i8
// sweep conditions: u8 i32
import { array, i8, i16, i32, i64, struct, u8, u16, u64, xdp, XDP } from "@typebpf/dsl";

const Labels = struct("labels", { a: u8, b: u8, results: array(i64, 5) });

export const labels = xdp((ctx) => {
  const s = ctx.packet.at(0, Labels);
  if (!s) return XDP.ABORTED;
  const { a, b, results } = s;
  let x = 1;
  block: {
    if (a > 100) break block;
    x += 10;
    inner: {
      if (b > 100) break block;
      if (b > 50) break inner;
      x += 100;
    }
    x += 1000;
  }
  results[0] = i64(x);
  x = 0;
  outer: for (let i = 0; i < 5; i++) {
    for (let j = 0; j < 5; j++) {
      if (((a >> j) & 1) === 0) continue outer;
      if (j > (b & 7)) break outer;
      x = (x * 3 + i + j) & 0xffff;
    }
    x += 100;
  }
  results[1] = i64(x);
  x = 0;
  chosen: switch (a & 3) {
    case 0:
      for (let i = 0; i < 4; i++) {
        if (i === (b & 3)) break chosen;
        if (i === 2) break;
        x += 1;
      }
      x += 10;
    case 1: {
      if (b > 127) break chosen;
      x += 100;
      break;
    }
    default:
      x = 7;
  }
  results[2] = i64(x);
  x = 0;
  turns: for (let i = 0; i < 6; i++) {
    switch ((a >> i) & 3) {
      case 0:
        continue;
      case 1:
        continue turns;
      case 2:
        if (b & 1) break turns;
        break;
      default:
        x += 1000;
    }
    x += i;
  }
  results[3] = i64(x);
  x = 0;
  both: again: for (let i = 0; i < 3; i++) {
    if (a === i) continue again;
    if (b === i) break both;
    x += i + 1;
  }
  results[4] = i64(x);
  return XDP.PASS;
});

const Loops = struct("loops", { a: u8, b: u16, results: array(i64, 4) });

export const loops = xdp((ctx) => {
  const s = ctx.packet.at(0, Loops);
  if (!s) return XDP.ABORTED;
  const { a, b, results } = s;
  let i = 0;
  do {
    i += 1;
  } while (i < (a & 15));
  results[0] = i64(i);
  let n: number = b;
  let digits = 0;
  do {
    digits += 1;
    n = Math.trunc(n / 10);
  } while (n > 0);
  results[1] = i64(digits);
  let sum = 0;
  i = 20;
  do {
    if (i === a) continue;
    if (i * 100 < b) break;
    sum += i;
  } while (--i > 0);
  results[2] = i64(sum * 100 + i);
  let x = 0;
  do x++;
  while (x < 3 && x !== a);
  do {
    x += 10;
  } while (false);
  results[3] = i64(x);
  return XDP.PASS;
});

const Numbers = struct("numbers", { a: i16, b: u8, results: array(i64, 6) });
const FIRST = 5;

export const numbers = xdp((ctx) => {
  const s = ctx.packet.at(0, Numbers);
  if (!s) return XDP.ABORTED;
  const { a, b, results } = s;
  let x = 0;
  switch (a) {
    default:
      x += 1;
    case -1:
      x += 10;
    case 0:
    case 127:
      x += 100;
      break;
    case -0x8000:
      x = -1;
  }
  results[0] = i64(x);
  x = 0;
  switch (b) {
    case FIRST:
      x = 1;
    case FIRST + 2:
      x += 2;
      break;
    default:
      x = 50;
    case 255: {
      const x2 = x * 2;
      x = x2 + 1;
    }
  }
  results[1] = i64(x);
  const of = (value: number): number => {
    switch (value) {
      case 1:
        return 10;
      case 2:
      case 3:
        return 20;
    }
    return value;
  };
  results[2] = i64(of(a) * 1000 + of(b));
  x = 3;
  switch (x++) {
    case a:
      x += 100;
      break;
    case b:
      x += 200;
      break;
    case x - 1:
      x += 300;
  }
  results[3] = i64(x);
  switch (b & 1) {
  }
  switch (a & 7) {
    default:
      results[4] = 1n;
  }
  let calls = 0;
  switch (a) {
    case (calls += 1):
      calls += 100;
      break;
    case (calls += 1):
      calls += 200;
  }
  results[5] = i64(calls);
  return XDP.PASS;
});

const Bigints = struct("bigints", { a: u64, b: i8, results: array(i64, 4), wide: u64 });

export const bigints = xdp((ctx) => {
  const s = ctx.packet.at(0, Bigints);
  if (!s) return XDP.ABORTED;
  const { a, b, results } = s;
  switch (a) {
    case 0n:
      results[0] = 1n;
      break;
    case 0xffff_ffff_ffff_ffffn:
      results[0] = 2n;
    case 0x8000_0000_0000_0000n:
      results[0] += 4n;
      break;
    case 127n:
    case 128n:
      results[0] = 8n;
      break;
    default:
      results[0] = 16n;
  }
  switch (a > 255n) {
    case true:
      results[1] = 1n;
    case false:
      results[1] += 2n;
  }
  switch (b < 0 && a !== 0n) {
    case false:
      results[2] = 5n;
      break;
    default:
      results[2] = 6n;
  }
  s.wide = 3n;
  switch (a - 1n) {
    case s.wide:
      results[3] = 1n;
      break;
    case 0n:
      results[3] = 2n;
  }
  return XDP.PASS;
});

const Conditions = struct("conditions", { a: u8, b: i32, results: array(i64, 3) });

export const conditions = xdp((ctx) => {
  const s = ctx.packet.at(0, Conditions);
  if (!s) return XDP.ABORTED;
  const { a, b, results } = s;
  switch (true) {
    case a > 200:
      results[0] = 1n;
      break;
    case a > 100 && b > 0:
      results[0] = 2n;
    case b === 5:
      results[0] += 3n;
      break;
    default:
      results[0] = 9n;
  }
  switch (false) {
    case a === 0:
      results[1] = 1n;
      break;
    case b > 7:
      results[1] = 2n;
  }
  const grade = (value: number): number => {
    switch (true) {
      case value < 0:
        return -1;
      case value < 10:
        return 1;
      case value < 1000:
        return 2;
      default:
        return 3;
    }
  };
  results[2] = i64(grade(b) * 10 + grade(a));
  return XDP.PASS;
});

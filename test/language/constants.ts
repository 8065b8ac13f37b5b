// Constants evaluated when compiling, as JavaScript evaluates them: functions, methods of arrays and texts, addresses.
// Everything lands in the packet, so that each constant is compared.
//
// run arithmetic
//   packet: 00 (to 512)
//   returns: PASS
// run lists
//   packet: 00 (to 512)
//   returns: PASS
// run texts
//   packet: 00 (to 512)
//   returns: PASS
// run calls
//   packet: 00 (to 512)
//   returns: PASS
// run calls
//   packet: ff ff ff ff ff (to 512)
//   returns: PASS
import { array, i32, i64, ipv4, ipv6, mac, offsetOf, sizeOf, struct, u16, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";
import { crc, Level, PORTS, RULES } from "./lib/tables.ts";

const Numbers = array(i32, 32);
const Bigs = array(u64, 16);
const Pair = struct("pair", { a: u8, b: u32, c: u64 });

const enum Color {
  Red = 1,
  Green = Red << 4,
  Blue,
}

const base = { a: 1, b: -2, 7: 3, 2: 4 } as const;
const merged = { ...base, b: 5, c: Level.High } as const;
const sum = Object.values(merged).reduce((a, b) => a + b, 0);
const order = Object.keys(merged).join("");
const doubled = Object.fromEntries(Object.entries(merged).map(([name, value]) => [name, value * 2]));
const half = 7 / 2;
const wide = (1n << 63n) + 5n;
const negative = -7n * 2n;

export const arithmetic = xdp((ctx) => {
  const n = ctx.packet.at(0, Numbers);
  const w = ctx.packet.at(128, Bigs);
  if (!n || !w) return XDP.DROP;
  n[0] = sum;
  n[1] = order.length;
  n[2] = doubled["b"] ?? -1;
  n[3] = Math.trunc(half * 3);
  n[4] = Math.floor(-half);
  n[5] = Color.Green + Color.Blue;
  n[6] = sizeOf(Pair) * 100 + offsetOf(Pair, "c");
  n[7] = 0xffff_ffff | 0;
  n[8] = (2 ** 31) >> 31;
  n[9] = Math.imul(0x7fff_ffff, 3);
  n[10] = merged[2] + merged.b;
  n[11] = ((x: number) => x * x)(12);
  w[0] = wide;
  w[1] = u64(BigInt.asUintN(64, negative));
  w[2] = 0xffff_ffff_ffff_fffen + 1n;
  w[3] = u64(i64(-1));
  return XDP.PASS;
});

const squares = Array.from({ length: 10 }, (_, i) => i * i);
const table = Array.from({ length: 16 }, (_, i) => crc(i * 17));

function primesBelow(limit: number): number[] {
  const found: number[] = [];
  next: for (let n = 2; n < limit; n++) {
    for (const p of found) {
      if (p * p > n) break;
      if (n % p === 0) continue next;
    }
    found.push(n);
  }
  return found;
}

const primes = primesBelow(60);
const [first, , third = 9, ...others] = primes;
const sorted = [5, -3, 40, 4].sort((a, b) => b - a);
const asText = [5, -3, 40, 4].toSorted();
const nested = [[1, 2], [3], []].flatMap((one) => one);

export const lists = xdp((ctx) => {
  const n = ctx.packet.at(0, Numbers);
  const w = ctx.packet.at(128, Bigs);
  if (!n || !w) return XDP.DROP;
  n[0] = squares[9] ?? 0;
  n[1] = table[15] ?? 0;
  n[2] = table[1] ?? 0;
  n[3] = primes.length;
  n[4] = primes.at(-1) ?? 0;
  n[5] = sorted.indexOf(5) * 10 + sorted.findIndex((x) => x < 0);
  n[6] = asText[0] ?? 0;
  n[7] = asText[1] ?? 0;
  n[8] = nested.length + nested.reduce((a, b) => a * 10 + b);
  n[9] = PORTS.filter((port) => port > 60).slice(1)[0] ?? 0;
  n[10] = RULES.find((rule) => rule.name === "http")?.port ?? -1;
  n[11] = PORTS.includes(80) && !PORTS.some((port) => port > 1000) && PORTS.every((port) => port > 0) ? 1 : 0;
  n[12] = RULES.map((rule) => rule.flags[1]).concat([4], 2).length;
  n[13] = [1, 2, 3].toReversed()[0] ?? 0;
  n[14] = [...PORTS, ...squares].length;
  n[15] = PORTS.findIndex((port) => port > 500);
  w[0] = RULES.reduce((total, { weight }) => total + weight, 0n);
  n[24] = first * 100 + third * 10 + others.length;
  let i = 16;
  for (const [index, port] of PORTS.entries()) {
    n[i] = index * 1000 + port;
    i += 1;
  }
  for (const rule of RULES) {
    if (rule.weight > 5n) n[i] = rule.port + rule.flags[0];
    i += 1;
  }
  return XDP.PASS;
});

const title = `${RULES.length} rules: ${RULES.map(({ name }) => name).join(", ")}`;
const bytes = "10.2.30.4".split(".").map((part) => Number(part));
const hash = [...title].length;

function fnv(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}

export const texts = xdp((ctx) => {
  const n = ctx.packet.at(0, Numbers);
  if (!n) return XDP.DROP;
  n[0] = fnv(title);
  n[1] = title.length;
  n[2] = bytes[2] ?? 0;
  n[3] = hash;
  n[4] = i32(ipv4("10.1.2.3"));
  n[5] = ipv6("2001:db8::ff")[15];
  n[6] = mac("02:00:00:00:0a:01")[4];
  n[7] = "abc".toUpperCase().charCodeAt(1);
  n[8] = "7".padStart(3, "0") === "007" ? 1 : 0;
  n[9] = (255).toString(16).length;
  n[10] = "a-b-c".split("-").length + "abcabc".lastIndexOf("b");
  n[11] = Number("0x1f") + Number.parseInt("101", 2);
  n[12] = title.slice(-5) === "https" && title.startsWith("3 ") ? 1 : 0;
  return XDP.PASS;
});

function clamp(x: number, low: number, high: number): number {
  if (x < low) return low;
  return x > high ? high : x;
}

function fold(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function grade(n: number): number {
  switch (n) {
    case 1:
    case 2:
      return 10;
    case 3:
      n += 100;
    // falls through
    default:
      return n;
  }
}

export const calls = xdp((ctx) => {
  const n = ctx.packet.at(0, Numbers);
  if (!n) return XDP.DROP;
  const x = n[1];
  n[2] = clamp(500, -10, 100) + clamp(-500, -10, 100);
  n[3] = clamp(x, 0, 200);
  n[4] = fold(PORTS);
  n[5] = fold([...PORTS, 1]);
  n[6] = grade(2) + grade(3) + grade(4);
  n[7] = grade(x & 3);
  return XDP.PASS;
});

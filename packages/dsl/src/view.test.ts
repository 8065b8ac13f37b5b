import { describe, expect, test } from "vitest";
import { array, atomicAdd, bits, i16, struct, u8, u16, u16be, u32, u32be, u64, u64be } from "./index.ts";
import { createPacket } from "./packet.ts";

const Pair = struct("pair", { small: u8, wide: u64 });
const Flow = struct("flow", { src: array(u8, 4), port: u16be, pairs: array(Pair, 2), signed: i16 });

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

describe("structs", () => {
  test("read and write their bytes, each field in its own order", () => {
    const Mixed = struct("mixed", { a: u8, b: u16be, c: u32, d: u64be, e: i16 });
    const memory = new Uint8Array(Mixed.size);
    const view = createPacket(memory).at(0, Mixed);
    if (!view) throw new Error("it fits");
    Object.assign(view, { a: 0x101, b: 0x1234, c: 0x01020304, d: 0x0102030405060708n, e: -2 });
    expect([...memory]).toEqual([1, 0, 0x12, 0x34, 4, 3, 2, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0xfe, 0xff, 0, 0, 0, 0, 0, 0]);
    expect({ ...view }).toEqual({ a: 1, b: 0x1234, c: 0x01020304, d: 0x0102030405060708n, e: -2 });
    view.b += 1;
    expect(memory[3]).toBe(0x35);
  });

  test("are zero where nothing is given, and made from literals, tuples and other values", () => {
    const flow = Flow({ src: [1, 2], pairs: [{ wide: 7n }] });
    expect([...Array.from(flow.src), flow.port, flow.pairs[0]?.wide, flow.pairs[1]?.wide]).toEqual([
      1,
      2,
      0,
      0,
      0,
      7n,
      0n,
    ]);
    const copy = Flow(flow);
    copy.src[0] = 9;
    expect([flow.src[0], copy.src[0], copy.pairs[0]?.wide]).toEqual([1, 9, 7n]);
  });

  test("copy on assignment, however the two overlap", () => {
    const flow = Flow({ pairs: [{ small: 1 }, { small: 2 }] });
    const [first, second] = [flow.pairs[0], flow.pairs[1]];
    if (!first || !second) throw new Error("two items");
    flow.pairs[0] = second;
    second.small = 3;
    expect([first.small, second.small]).toEqual([2, 3]);
    flow.pairs = array(Pair, 2)([second, first]);
    expect([first.small, second.small]).toEqual([3, 2]);
    Object.assign(flow, { ...flow, port: 80 });
    expect([first.small, second.small, flow.port]).toEqual([3, 2, 80]);
  });

  test("refuse what they do not have", () => {
    expect(() => Flow({ ports: 1 } as never)).toThrow('struct flow has no field "ports"');
    expect(() => Flow(7 as never)).toThrow("A struct flow is made from an object, not 7");
    expect(() => Object.assign(Pair(), { other: 1 })).toThrow(TypeError);
    expect(() => Pair({ wide: 1 as never })).toThrow("A u64 holds a bigint, not a number");
    expect(() => Pair({ small: 1n as never })).toThrow("A u8 holds a number, not a bigint");
    const flow = Flow();
    expect(() => Object.assign(flow, { src: undefined })).toThrow("cannot be assigned undefined");
  });
});

describe("bit fields", () => {
  test("native units fill from the least significant bit", () => {
    const Bits = struct("bits", { low: bits(u8, 4), high: bits(u8, 4), twelve: bits(u16, 12), four: bits(u16, 4) });
    const memory = bytes(0x45, 0xff, 0xbc, 0xad);
    const view = createPacket(memory).at(0, Bits);
    expect({ ...view }).toEqual({ low: 5, high: 4, twelve: 0xdbc, four: 0xa });
    if (view) Object.assign(view, { low: 0x1f, twelve: -1 });
    expect([...memory]).toEqual([0x4f, 0xff, 0xff, 0xaf]);
  });

  test("big-endian units fill from the most significant bit", () => {
    const Bits = struct("bits", { version: bits(u32be, 4), traffic: bits(u32be, 8), flow: bits(u32be, 20) });
    const memory = bytes(0x6a, 0xbc, 0xde, 0xf1);
    const view = createPacket(memory).at(0, Bits);
    expect({ ...view }).toEqual({ version: 6, traffic: 0xab, flow: 0xcdef1 });
    if (view) view.traffic = 0x101;
    expect([...memory]).toEqual([0x60, 0x1c, 0xde, 0xf1]);
  });

  test("a whole unit is a bit field too", () => {
    const Whole = struct("whole", { all: bits(u32, 32) });
    const view = Whole({ all: 0xffffffff });
    expect(view.all).toBe(0xffffffff);
    view.all = 2 ** 32 + 1;
    expect(view.all).toBe(1);
  });
});

describe("arrays", () => {
  test("truncate items, know their indices, and refuse others", () => {
    const items = array(u8, 3)([1, 2]);
    items[2] = 257;
    expect({ length: items.length, all: Array.from(items), keys: Object.keys(items) }).toEqual({
      length: 3,
      all: [1, 2, 1],
      keys: ["0", "1", "2"],
    });
    for (const index of [3, -1, 0.5]) expect(() => items[index]).toThrow(`Index ${index} is outside an array of 3`);
    expect(() => array(u8, 32)(new Array(33).fill(0))).toThrow("33 items do not fit an array of 32");
    expect(() => Object.assign(items, { length: 1 })).toThrow(TypeError);
    expect(() => array(u8, 2)(1 as never)).toThrow("An array is made from an array, not 1");
  });
});

describe("atomicAdd", () => {
  test("wraps, and gives the old value", () => {
    const Counters = struct("counters", { hits: u32, total: u64, port: u16, net: u32be });
    const counters = Counters({ hits: 0xffffffff, total: 5n });
    expect(atomicAdd(counters, "hits", 2)).toBe(0xffffffff);
    expect(atomicAdd(counters, "total", 2n ** 64n - 1n)).toBe(5n);
    expect([counters.hits, counters.total]).toEqual([1, 4n]);
    const words = array(u32, 2)([1]);
    expect(atomicAdd(words, 1, 3)).toBe(0);
    expect(words[1]).toBe(3);
    expect(() => atomicAdd(counters, "port" as "hits", 1)).toThrow("port is none");
    expect(() => atomicAdd(counters, "net", 1)).toThrow("net is none");
    expect(() => atomicAdd({ hits: 1 }, "hits", 1)).toThrow("in memory");
    expect(() => atomicAdd(counters, "total", 1 as never)).toThrow("cannot use 1 on u64");
  });
});

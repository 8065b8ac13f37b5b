// Maps as user space and programs see them: error numbers of the kernel, iteration, eviction, per-CPU copies.
import { arrayLayout, type MapSpec, scalarLayouts } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { Memory, REGION_START } from "../memory.ts";
import { hostOf } from "./host.testing.ts";
import type { SimulatedMap } from "./map.ts";
import { makeMap } from "./registry.ts";

const EPERM = -1;
const ENOENT = -2;
const E2BIG = -7;
const EEXIST = -17;
const EINVAL = -22;

const hash: MapSpec = {
  name: "m",
  type: "hash",
  key: scalarLayouts.u32,
  value: scalarLayouts.u64,
  maxEntries: 3,
  flags: 0,
};

function make(spec: Partial<MapSpec>, cpus = { count: 1, current: 0 }): { map: SimulatedMap; memory: Memory } {
  const memory = new Memory();
  return { map: makeMap({ ...hash, ...spec }, memory, hostOf(cpus)), memory };
}

function key(value: number): Uint8Array {
  return Uint8Array.of(value, value >> 8, value >> 16, value >> 24);
}

function value(number: number): Uint8Array {
  return Uint8Array.of(number, 0, 0, 0, 0, 0, 0, 0);
}

function firstBytes(map: SimulatedMap): Record<number, number> {
  return Object.fromEntries([...map.entries()].map(([one, bytes]) => [one[0] ?? 0, bytes[0] ?? 0]));
}

/** What a program reads at the address that `find` gave. */
function readAt(memory: Memory, high: number | undefined): number {
  return memory.bytes(high ?? 0, REGION_START, 8, "read")[0] ?? -1;
}

describe.each(["hash", "lruHash"] as const)("%s", (type) => {
  test("stores, finds, replaces, deletes", () => {
    const { map } = make({ type });
    expect(map.lookup(key(1))).toBe(ENOENT);
    expect(map.update(key(1), value(5), 0)).toBe(0);
    expect(map.update(key(1), value(6), 0)).toBe(0);
    expect(map.lookup(key(1))).toEqual(value(6));
    expect(map.delete(key(1))).toBe(0);
    expect(map.delete(key(1))).toBe(ENOENT);
  });

  test("flags", () => {
    const { map } = make({ type });
    expect(map.update(key(1), value(1), 2)).toBe(ENOENT);
    expect(map.update(key(1), value(1), 1)).toBe(0);
    expect(map.update(key(1), value(2), 1)).toBe(EEXIST);
    expect(map.update(key(1), value(2), 2)).toBe(0);
    expect(map.update(key(1), value(3), 3)).toBe(EINVAL);
    expect(map.update(key(1), value(3), 4)).toBe(EINVAL);
    expect(map.lookup(key(1))).toEqual(value(2));
  });

  test("keys that differ in one byte are different, of any size", () => {
    const { map } = make({ type, key: arrayLayout(scalarLayouts.u8, 5), maxEntries: 10 });
    map.update(Uint8Array.of(0, 1, 2, 3, 4), value(1), 0);
    map.update(Uint8Array.of(0, 1, 2, 3, 5), value(2), 0);
    expect(map.lookup(Uint8Array.of(0, 1, 2, 3, 4))).toEqual(value(1));
    expect(map.lookup(Uint8Array.of(0, 1, 2, 4, 4))).toBe(ENOENT);
    expect(map.lookup(key(1))).toBe(EINVAL);
  });

  test("iteration meets every entry once, while entries are deleted and changed", () => {
    const { map } = make({ type, maxEntries: 100 });
    for (let number = 0; number < 100; number++) map.update(key(number), value(number), 0);
    const seen: number[] = [];
    for (let at = map.nextKey(undefined); at; at = map.nextKey(at)) {
      seen.push(at[0] ?? 0);
      map.update(at, value(1), 0);
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    map.delete(key(50));
    expect(map.nextKey(key(50))).toEqual(map.nextKey(undefined));
  });

  test("a program's update leaves old pointers on the old value until the run ends", () => {
    const { map, memory } = make({ type });
    map.store(key(1), value(1), 0);
    const old = map.find(key(1));
    map.store(key(1), value(2), 0);
    expect([readAt(memory, old), readAt(memory, map.find(key(1)))]).toEqual([1, 2]);
    map.endRun();
    expect(() => readAt(memory, old)).toThrow("no longer exists");
  });

  test("addresses hold while the map grows", () => {
    const { map, memory } = make({ type, maxEntries: 1000 });
    map.store(key(0), value(7), 0);
    const first = map.find(key(0));
    for (let number = 1; number < 1000; number++) map.store(key(number), value(1), 0);
    expect(map.find(key(0))).toBe(first);
    expect(readAt(memory, first)).toBe(7);
  });

  test("read-only for user space or for programs", () => {
    expect(make({ type, flags: 8 }).map.update(key(1), value(1), 0)).toBe(EPERM);
    const { map, memory } = make({ type, flags: 0x80 });
    map.update(key(1), value(1), 0);
    const high = map.find(key(1)) ?? 0;
    expect(() => memory.bytes(high, REGION_START, 8, "write")).toThrow("write of 8 bytes");
  });
});

test("a full hash map refuses new keys, and takes them again after a delete", () => {
  const { map } = make({});
  for (const number of [1, 2, 3]) expect(map.store(key(number), value(number), 0)).toBe(0);
  expect(map.store(key(4), value(4), 0)).toBe(E2BIG);
  expect(map.store(key(3), value(9), 0)).toBe(0);
  map.remove(key(1));
  expect(map.store(key(4), value(4), 0)).toBe(0);
  expect(firstBytes(map)).toEqual({ 2: 2, 3: 9, 4: 4 });
});

test("a full LRU map forgets what was used longest ago", () => {
  const { map } = make({ type: "lruHash" });
  for (const number of [1, 2, 3]) map.store(key(number), value(number), 0);
  map.find(key(1));
  map.lookup(key(2));
  expect(map.store(key(4), value(4), 0)).toBe(0);
  expect(firstBytes(map)).toEqual({ 1: 1, 3: 3, 4: 4 });
});

describe.each(["perCpuHash", "lruPerCpuHash"] as const)("%s", (type) => {
  const cpus = { count: 3, current: 1 };
  const three = (a: number, b: number, c: number) => Uint8Array.from([a, b, c].flatMap((one) => [...value(one)]));

  test("programs see their CPU's copy, user space all of them", () => {
    const { map, memory } = make({ type, value: scalarLayouts.u32 }, cpus);
    expect([map.copies, map.bufferSize]).toEqual([3, 24]);
    expect(map.update(key(1), value(1), 0)).toBe(EINVAL);
    expect(map.update(key(1), three(1, 2, 3), 0)).toBe(0);
    const high = map.find(key(1));
    expect(memory.bytes(high ?? 0, REGION_START, 4, "read")[0]).toBe(2);
    expect(map.store(key(1), Uint8Array.of(9, 0, 0, 0), 0)).toBe(0);
    expect(map.find(key(1)), "changed in place").toBe(high);
    expect(map.lookup(key(1))).toEqual(three(1, 9, 3));
  });

  test("what a program makes is zero for the other CPUs, also where an entry was before", () => {
    const { map } = make({ type, maxEntries: 2 }, cpus);
    map.update(key(1), three(1, 2, 3), 0);
    expect(map.delete(key(1))).toBe(0);
    expect(map.store(key(2), value(7), 1)).toBe(0);
    expect(map.lookup(key(2))).toEqual(three(0, 7, 0));
    expect([map.store(key(2), value(7), 1), map.store(key(3), value(7), 2)]).toEqual([EEXIST, ENOENT]);
  });

  test("many entries, each met once, with copies of their own", () => {
    const { map } = make({ type, maxEntries: 500 }, cpus);
    for (let number = 0; number < 250; number++) map.update(key(number), three(number, number, 1), 0);
    for (let number = 0; number < 250; number += 2) map.delete(key(number));
    const seen = [...map.entries()];
    expect(seen.length).toBe(125);
    for (const [one, bytes] of seen) expect([...bytes]).toEqual([...three(one[0] ?? 0, one[0] ?? 0, 1)]);
  });
});

test("a full per-CPU map refuses or evicts", () => {
  const results = (["perCpuHash", "lruPerCpuHash"] as const).map((type) => {
    const { map } = make({ type }, { count: 2, current: 0 });
    return [1, 2, 3, 4].map((number) => map.store(key(number), value(number), 0));
  });
  expect(results).toEqual([
    [0, 0, 0, E2BIG],
    [0, 0, 0, 0],
  ]);
});

test("a batch stops at the first failure and says how far it came", () => {
  const { map } = make({});
  const entries = [1, 2, 3, 4, 5].map((number) => [key(number), value(number)] as const);
  expect(map.updateBatch(entries, 0)).toEqual({ status: E2BIG, written: 3 });
});

describe("array", () => {
  test("every index exists, others do not", () => {
    const { map } = make({ type: "array" });
    expect(map.lookup(key(2))).toEqual(value(0));
    expect(map.lookup(key(3))).toBe(ENOENT);
    expect(map.update(key(2), value(5), 0)).toBe(0);
    expect(map.update(key(3), value(5), 0)).toBe(E2BIG);
    expect(map.update(key(2), value(5), 1)).toBe(EEXIST);
    expect(map.update(key(2), value(6), 2)).toBe(0);
    expect(map.update(key(2), value(5), 3)).toBe(EINVAL);
    expect(map.delete(key(2))).toBe(EINVAL);
    expect(firstBytes(map)).toEqual({ 0: 0, 1: 0, 2: 6 });
    expect(map.find(key(3))).toBeUndefined();
  });

  test("next keys go from the first to the last", () => {
    const { map } = make({ type: "array" });
    expect([map.nextKey(undefined), map.nextKey(key(0)), map.nextKey(key(2)), map.nextKey(key(9))]).toEqual([
      key(0),
      key(1),
      undefined,
      key(0),
    ]);
  });

  test("values are apart in memory even where they are small", () => {
    const { map, memory } = make({ type: "array", value: scalarLayouts.u8 });
    expect(() => memory.bytes(map.find(key(0)) ?? 0, REGION_START, 2, "read")).toThrow("outside of a value");
  });
});

describe("perCpuArray", () => {
  test("programs see their CPU's copy, user space all of them", () => {
    const { map, memory } = make({ type: "perCpuArray", value: scalarLayouts.u32 }, { count: 3, current: 1 });
    expect([map.copies, map.bufferSize]).toEqual([3, 24]);
    const all = Uint8Array.from([...value(1), ...value(2), ...value(3)]);
    expect(map.update(key(2), all, 0)).toBe(0);
    expect(memory.bytes(map.find(key(2)) ?? 0, REGION_START, 4, "read")[0]).toBe(2);
    expect(map.store(key(2), Uint8Array.of(9, 0, 0, 0), 0)).toBe(0);
    expect(map.lookup(key(2))).toEqual(Uint8Array.from([...value(1), ...value(9), ...value(3)]));
    expect(map.update(key(2), value(1), 0)).toBe(EINVAL);
  });
});

// Tries of prefixes as user space and programs see them: matches, order, error numbers, entries that come and go.
import { arrayLayout, type MapSpec, scalarLayouts, structLayout } from "@typebpf/abi";
import { expect, test } from "vitest";
import { Memory, REGION_START } from "../memory.ts";
import { hostOf } from "./host.testing.ts";
import type { SimulatedMap } from "./map.ts";
import { makeMap } from "./registry.ts";

const EPERM = -1;
const ENOENT = -2;
const EEXIST = -17;
const EINVAL = -22;
const ENOSPC = -28;

const trie: MapSpec = {
  name: "m",
  type: "lpmTrie",
  key: structLayout("k", { prefixLength: scalarLayouts.u32, address: arrayLayout(scalarLayouts.u8, 4) }),
  value: scalarLayouts.u64,
  maxEntries: 6,
  flags: 1,
};

function make(more: Partial<MapSpec> = {}): { map: SimulatedMap; memory: Memory } {
  const memory = new Memory();
  return { map: makeMap({ ...trie, ...more }, memory, hostOf({ count: 2, current: 1 })), memory };
}

function value(number: number): Uint8Array {
  return Uint8Array.of(number, 0, 0, 0, 0, 0, 0, 0);
}

/** What a program reads at the address that `find` gave. */
function readAt(memory: Memory, high: number | undefined): number {
  return memory.bytes(high ?? 0, REGION_START, 8, "read")[0] ?? -1;
}

/** The key of "192.168.0.0/16". */
const prefix = (text: string): Uint8Array => {
  const [address = "", length = "32"] = text.split("/");
  return Uint8Array.of(Number(length), 0, 0, 0, ...address.split(".").map(Number));
};
const texts = (map: SimulatedMap) => [...map.entries()].map(([one]) => `${[...one.subarray(4)].join(".")}/${one[0]}`);

function filled(...all: readonly string[]): SimulatedMap {
  const { map } = make();
  for (const [index, text] of all.entries()) expect(map.update(prefix(text), value(index + 1), 0)).toBe(0);
  return map;
}
const match = (map: SimulatedMap, text: string) => {
  const found = map.lookup(prefix(text));
  return typeof found === "number" ? found : found[0];
};

test("finds the longest prefix that is no longer than the key's", () => {
  const map = filled("192.168.0.0/16", "192.168.0.0/24", "192.168.128.0/24", "192.168.1.0/24");
  expect(match(map, "192.168.0.77")).toBe(2);
  expect(match(map, "192.168.1.1")).toBe(4);
  expect(match(map, "192.168.128.1/24")).toBe(3);
  expect(match(map, "192.168.128.1/23")).toBe(1);
  expect(match(map, "192.168.0.0/23"), "a node without an entry").toBe(1);
  expect(match(map, "192.169.0.0")).toBe(ENOENT);
  expect(match(map, "192.168.0.0/15")).toBe(ENOENT);
  expect(match(filled("0.0.0.0/0", "128.0.0.0/1"), "127.0.0.1")).toBe(1);
  expect(match(filled("10.0.0.1/32"), "10.0.0.1")).toBe(1);
});

test("walks from longer prefixes to shorter ones", () => {
  const map = filled("192.168.0.0/16", "192.168.0.0/24", "192.168.128.0/24", "192.168.1.0/24");
  const order = ["192.168.0.0/24", "192.168.1.0/24", "192.168.128.0/24", "192.168.0.0/16"];
  expect(texts(map)).toEqual(order);
  expect(map.nextKey(prefix("192.168.0.0/23")), "no entry: from the beginning").toEqual(prefix("192.168.0.0/24"));
  expect(map.nextKey(prefix("1.2.3.4/33"))).toEqual(prefix("192.168.0.0/24"));
  expect(make().map.nextKey(undefined)).toBeUndefined();
});

test("keeps the bits behind a prefix, of which the last update counts", () => {
  const map = filled("10.1.2.3/8", "10.9.9.9/8");
  expect(texts(map)).toEqual(["10.9.9.9/8"]);
  expect(map.delete(prefix("10.0.0.0/8"))).toBe(0);
  expect(texts(map)).toEqual([]);
});

test("error numbers: too long, full, missing, there already", () => {
  const map = filled("1.0.0.0/8", "2.0.0.0/8", "3.0.0.0/8", "4.0.0.0/8", "5.0.0.0/8", "6.0.0.0/8");
  expect(map.update(prefix("7.0.0.0/8"), value(1), 0)).toBe(ENOSPC);
  expect(map.update(prefix("7.0.0.0/8"), value(1), 2)).toBe(ENOENT);
  expect(map.update(prefix("6.0.0.0/8"), value(9), 0)).toBe(0);
  expect(map.update(prefix("6.0.0.0/8"), value(9), 1)).toBe(EEXIST);
  expect(map.update(prefix("6.0.0.0/8"), value(9), 3)).toBe(EINVAL);
  expect([map.update(prefix("1.0.0.0/33"), value(1), 0), map.delete(prefix("1.0.0.0/33"))]).toEqual([EINVAL, EINVAL]);
  expect(match(map, "1.0.0.0/33")).toBe(ENOENT);
  expect([map.delete(prefix("2.0.0.0/7")), map.delete(prefix("2.0.0.0/8"))]).toEqual([ENOENT, 0]);
  expect(map.update(prefix("7.0.0.0/8"), value(1), 1)).toBe(0);
  expect(make({ flags: 9 }).map.update(prefix("7.0.0.0/8"), value(1), 0)).toBe(EPERM);
});

test("entries with two children, one and none go, and the others stay", () => {
  const all = ["10.0.0.0/8", "10.0.0.0/16", "10.128.0.0/16", "10.0.0.0/24", "10.0.128.0/24", "11.0.0.0/8"];
  for (const gone of all) {
    const map = filled(...all);
    expect(map.delete(prefix(gone))).toBe(0);
    expect(map.delete(prefix(gone))).toBe(ENOENT);
    expect(texts(map).sort()).toEqual(all.filter((one) => one !== gone).sort());
    expect(map.update(prefix(gone), value(1), 1)).toBe(0);
    expect(texts(map)).toEqual(texts(filled(...all)));
  }
});

test("a program's update leaves old pointers on the old value until the run ends", () => {
  const { map, memory } = make();
  map.store(prefix("10.0.0.0/8"), value(1), 0);
  const old = map.find(prefix("10.2.3.4"));
  map.store(prefix("10.0.0.0/8"), value(2), 0);
  expect([readAt(memory, old), readAt(memory, map.find(prefix("10.2.3.4")))]).toEqual([1, 2]);
  map.endRun();
  expect(() => readAt(memory, old)).toThrow("no longer exists");
  expect(map.remove(prefix("10.0.0.0/8"))).toBe(0);
  expect(map.find(prefix("10.2.3.4"))).toBeUndefined();
});

// Hash tables, arrays and tries by their handles: full, frozen, for one side only, in batches. The same in the simulator and
// in the kernel.
import { type MapTypeName, scalarLayouts, structLayout } from "@typebpf/abi";
import { expect, test } from "vitest";
import type { MapHandle, PerCpuMapHandle } from "../../packages/loader/src/handles/map.ts";
import type { AddressPrefix } from "../../packages/loader/src/prefix.ts";
import { describeBoth } from "./both.ts";
import { diagnosticOf } from "./objects.ts";

const { u32, u32be, u64 } = scalarLayouts;
type Table = MapHandle<number, number, bigint, bigint>;
const flag = { noPrealloc: 1, numa: 4, readOnly: 8, writeOnly: 16, zeroSeed: 64, readOnlyForPrograms: 128 };

describeBoth("hash tables and arrays", (place) => {
  test.each(["hash", "array"] as const)("%s: entries, batches, iteration", async (type) => {
    using opened = await place.open<Table>(type, { maxEntries: 3 });
    const { m } = opened;
    m.setMany([
      [0, 10n],
      [1, 11n],
    ]);
    m.set(2, 12n);
    expect(new Map(m)).toEqual(
      new Map([
        [0, 10n],
        [1, 11n],
        [2, 12n],
      ]),
    );
    expect([m.size, m.get(1), m.has(3), m.get(3)]).toEqual([3, 11n, false, undefined]);
    expect((await diagnosticOf(() => m.set(3, 1n))).code).toBe(type === "hash" ? "BPF6160" : "BPF6161");
    expect((await diagnosticOf(() => m.set(1, 1n, 1))).code).toBe("BPF6162");
    m.clear();
    expect([...m.values()]).toEqual(type === "hash" ? [] : [0n, 0n, 0n]);
  });

  test("what is deleted is gone, of arrays nothing is", async () => {
    using table = await place.open<Table>("hash");
    table.m.set(7, 1n);
    expect([table.m.delete(7), table.m.delete(7)]).toEqual([true, false]);
    using array = await place.open<Table>("array");
    expect((await diagnosticOf(() => array.m.delete(0))).code).toBe("BPF6164");
  });

  test.each(["hash", "array", "lruHash"] as const)("a frozen %s can be read and not written", async (type) => {
    using opened = await place.open<Table>(type);
    const { m } = opened;
    m.set(1, 5n);
    m.freeze();
    for (const write of [() => m.set(1, 6n), () => m.setMany([[1, 6n]]), () => m.clear(), () => m.freeze()]) {
      expect((await diagnosticOf(write)).code).toBe("BPF6165");
    }
    expect([m.get(1), new Map(m).get(1)]).toEqual([5n, 5n]);
  });

  test("tables that user space may only read, or only write", async () => {
    using readOnly = await place.open<Table>("hash", { flags: flag.readOnly });
    expect(readOnly.m.get(1)).toBeUndefined();
    expect((await diagnosticOf(() => readOnly.m.set(1, 1n))).code).toBe("BPF6165");
    expect((await diagnosticOf(() => readOnly.m.delete(1))).code).toBe("BPF6165");
    using writeOnly = await place.open<Table>("hash", { flags: flag.writeOnly });
    writeOnly.m.set(1, 1n);
    expect((await diagnosticOf(() => writeOnly.m.get(1))).code).toBe("BPF6165");
    expect((await diagnosticOf(() => [...writeOnly.m])).severity).toBe("error");
    expect(writeOnly.m.delete(1)).toBe(true);
  });

  test("flags that change nothing for user space", async () => {
    const { noPrealloc, numa, zeroSeed, readOnlyForPrograms } = flag;
    using opened = await place.open<Table>("hash", { flags: noPrealloc | numa | zeroSeed | readOnlyForPrograms });
    opened.m.set(1, 1n);
    expect([...opened.m]).toEqual([[1, 1n]]);
  });

  const refused: readonly (readonly [MapTypeName, number])[] = [
    ["lruHash", flag.noPrealloc],
    ["hash", flag.readOnly | flag.writeOnly],
    ["array", flag.noPrealloc],
    ["lpmTrie", 0],
    ["hash", 1 << 20],
  ];
  test.each(refused)("%s is not made with the flags %i", async (type, flags) => {
    const value = type === "lpmTrie" ? { key: u64 } : {};
    expect((await diagnosticOf(() => place.open(type, { flags, ...value }))).severity).toBe("error");
  });
});

describeBoth("per-CPU tables", (place) => {
  test.each(["perCpuHash", "perCpuArray", "lruPerCpuHash"] as const)("%s: a value for each CPU", async (type) => {
    using opened = await place.open<PerCpuMapHandle<number, number, bigint, bigint>>(type, { maxEntries: 100 });
    const { m } = opened;
    const { copies } = m.raw;
    const all = Array.from({ length: copies }, (_, cpu) => BigInt(cpu + 1));
    m.set(1, all);
    m.setAll(2, 9n);
    expect([m.get(1), m.get(2)]).toEqual([all, new Array<bigint>(copies).fill(9n)]);
    expect((await diagnosticOf(() => m.set(1, [...all, 1n]))).code).toBe("BPF6153");
  });
});

describeBoth("a trie of prefixes", (place) => {
  const key = structLayout("k", { prefixLength: u32, address: u32be });

  test("the longest prefix that matches; full", async () => {
    using opened = await place.open<MapHandle<AddressPrefix<number>, AddressPrefix<number>, bigint, bigint>>(
      "lpmTrie",
      {
        key,
        flags: 1,
        maxEntries: 2,
      },
    );
    const { m } = opened;
    m.set({ prefixLength: 8, address: 0x0a00_0000 }, 8n);
    m.set({ prefixLength: 16, address: 0x0a01_0000 }, 16n);
    expect(m.get({ prefixLength: 32, address: 0x0a01_0203 })).toBe(16n);
    expect(m.get({ prefixLength: 32, address: 0x0a02_0203 })).toBe(8n);
    expect(m.get({ prefixLength: 32, address: 0x0b00_0000 })).toBeUndefined();
    expect((await diagnosticOf(() => m.set({ prefixLength: 0, address: 0 }, 0n))).code).toBe("BPF6160");
    expect([m.delete({ prefixLength: 9, address: 0x0a00_0000 }), m.size]).toEqual([false, 2]);
  });
});

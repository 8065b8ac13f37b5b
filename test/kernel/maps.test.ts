// Map operations in the running kernel, as bytes and error numbers, for each map type. Needs CAP_BPF.
import { scalarLayouts, uapi } from "@typebpf/abi";
import { expect, test } from "vitest";
import { possibleCpus } from "../../packages/loader/src/kernel/cpus.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { createMap } from "../../packages/loader/src/kernel/map-create.ts";
import { Poller } from "../../packages/loader/src/kernel/poller.ts";
import { openSys, type Sys } from "../../packages/loader/src/kernel/sys.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, map, object, present } from "./objects.ts";

const key = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const value = (number: number): Uint8Array => new Uint8Array(BigUint64Array.of(BigInt(number)).buffer);
const prefix = (bits: number, address: number): Uint8Array => Uint8Array.of(...key(bits), ...key(address));
const errors = { ENOENT: -2, E2BIG: -7, EBADF: -9, EEXIST: -17, EINVAL: -22 };

async function open(rest: Parameters<typeof map>[1]) {
  const loaded = await kernel().load(object([], [map("m", rest)]));
  return { m: present(loaded.maps.get("m")), [Symbol.dispose]: () => loaded[Symbol.dispose]() };
}

describeKernel("maps in the kernel", () => {
  test("hash: elements come and go", async () => {
    using opened = await open({ type: "hash", maxEntries: 2 });
    const { m } = opened;
    expect(m.lookup(key(7))).toBe(errors.ENOENT);
    expect(m.nextKey(undefined)).toBeUndefined();
    expect(m.update(key(7), value(70), 2)).toBe(errors.ENOENT);
    expect(m.update(key(7), value(70), 1)).toBe(0);
    expect(m.update(key(7), value(71), 1)).toBe(errors.EEXIST);
    expect(m.lookup(key(7))).toEqual(value(70));
    expect(m.update(key(8), value(80), 0)).toBe(0);
    expect(m.update(key(9), value(90), 0)).toBe(errors.E2BIG);
    expect(new Set([...m.entries()].map(([k, v]) => `${k}=${v}`))).toEqual(
      new Set([`${key(7)}=${value(70)}`, `${key(8)}=${value(80)}`]),
    );
    expect(m.delete(key(7))).toBe(0);
    expect(m.delete(key(7))).toBe(errors.ENOENT);
    expect(m.nextKey(undefined)).toEqual(key(8));
    expect(m.nextKey(key(8))).toBeUndefined();
  });

  test("array: every element is there, none can go", async () => {
    using opened = await open({ type: "array", maxEntries: 3 });
    const { m } = opened;
    expect(m.update(key(2), value(5), 0)).toBe(0);
    expect(m.update(key(3), value(5), 0)).toBe(errors.E2BIG);
    expect(m.lookup(key(3))).toBe(errors.ENOENT);
    expect(m.delete(key(0))).toBe(errors.EINVAL);
    expect([...m.entries()].map(([, v]) => v)).toEqual([value(0), value(0), value(5)]);
  });

  test("lruHash: a new element drives an old one out", async () => {
    using opened = await open({ type: "lruHash", maxEntries: 64 });
    const { m } = opened;
    for (let index = 0; index < 1000; index++) expect(m.update(key(index), value(index), 0)).toBe(0);
    expect(m.lookup(key(999))).toEqual(value(999));
    expect([...m.entries()].length).toBeLessThanOrEqual(64);
  });

  test("perCpuArray: a copy per possible CPU, each rounded up to 8 bytes", async () => {
    using opened = await open({ type: "perCpuArray", value: scalarLayouts.u32, maxEntries: 2 });
    const { m } = opened;
    expect(m.copies).toBe(possibleCpus());
    expect(m.bufferSize).toBe(8 * possibleCpus());
    const copies = Uint8Array.from({ length: m.bufferSize }, (_, index) => (index % 8 === 0 ? index / 8 + 1 : 0));
    expect(m.update(key(1), copies, 0)).toBe(0);
    expect(m.lookup(key(1))).toEqual(copies);
    expect([...m.entries()]).toEqual([
      [key(0), new Uint8Array(m.bufferSize)],
      [key(1), copies],
    ]);
    expect(m.updateBatch([[key(0), copies]], 0)).toEqual({ status: 0, written: 1 });
    expect(m.lookup(key(0))).toEqual(copies);
  });

  test("perCpuHash: a copy per possible CPU under any key", async () => {
    using opened = await open({ type: "perCpuHash", value: scalarLayouts.u32, maxEntries: 2 });
    const { m } = opened;
    const copies = Uint8Array.from({ length: 8 * possibleCpus() }, (_, index) => index % 8);
    expect([m.copies, m.bufferSize]).toEqual([possibleCpus(), copies.length]);
    expect(
      m.updateBatch(
        [7, 8, 9].map((one) => [key(one), copies] as const),
        0,
      ),
    ).toEqual({ status: errors.E2BIG, written: 2 });
    expect(m.lookup(key(7))).toEqual(copies);
    expect([m.delete(key(8)), [...m.entries()]]).toEqual([0, [[key(7), copies]]]);
  });

  test("lruPerCpuHash: a new element drives an old one out", async () => {
    using opened = await open({ type: "lruPerCpuHash", maxEntries: 64 });
    const { m } = opened;
    const all = Uint8Array.from({ length: m.bufferSize }, (_, index) => index);
    for (let index = 0; index < 1000; index++) expect(m.update(key(index), all, 0)).toBe(0);
    expect(m.lookup(key(999))).toEqual(all);
    expect([...m.entries()].length).toBeLessThanOrEqual(64);
  });

  test("lpmTrie: more entries than one batch has, and not without its flag", async () => {
    const trie = { type: "lpmTrie", key: scalarLayouts.u64, flags: 1, maxEntries: 100_000 } as const;
    using opened = await open(trie);
    const { m } = opened;
    const entries = Array.from({ length: 90_000 }, (_, index) => [prefix(32, index), value(index)] as const);
    expect(m.updateBatch(entries, 0)).toEqual({ status: 0, written: 90_000 });
    expect(new Set([...m.entries()].map(([k]) => `${k}`)).size).toBe(90_000);
    expect((await diagnosticOf(() => open({ ...trie, flags: 0 }))).code).toBe("BPF6210");
  });

  test("batches: many entries, and how far they came", async () => {
    using opened = await open({ type: "hash", maxEntries: 5000 });
    const { m } = opened;
    const entries = Array.from({ length: 5001 }, (_, index) => [key(index), value(index)] as const);
    expect(m.updateBatch(entries.slice(0, 5000), 0)).toEqual({ status: 0, written: 5000 });
    expect(m.updateBatch(entries.slice(0, 1), 1)).toEqual({ status: errors.EEXIST, written: 0 });
    expect(m.delete(key(10))).toBe(0);
    expect(m.delete(key(11))).toBe(0);
    // Three new ones, room for two.
    const more = [entries[10], entries[11], entries[5000]].map(present);
    expect(m.updateBatch(more, 0)).toEqual({ status: errors.E2BIG, written: 2 });
    const read = new Map([...m.entries()].map(([k, v]) => [`${k}`, v]));
    expect(read.size).toBe(5000);
    expect(read.get(`${key(4321)}`)).toEqual(value(4321));
    expect(m.updateBatch([], 0)).toEqual({ status: 0, written: 0 });
  });

  test("batches of more than one system call", async () => {
    using opened = await open({ type: "hash", maxEntries: 200_000 });
    const { m } = opened;
    const entries = Array.from({ length: 150_000 }, (_, index) => [key(index), value(index)] as const);
    expect(m.updateBatch(entries, 0)).toEqual({ status: 0, written: 150_000 });
    let sum = 0n;
    let count = 0;
    for (const [, v] of m.entries()) {
      sum += new DataView(v.buffer).getBigUint64(0, true);
      count++;
    }
    expect({ sum, count }).toEqual({ sum: (149_999n * 150_000n) / 2n, count: 150_000 });
  });

  test.each([-524, -22])("without batches (errno %i), one by one", async (unsupported) => {
    const sys = await openSys();
    const batch: readonly number[] = [uapi.command.MAP_LOOKUP_BATCH, uapi.command.MAP_UPDATE_BATCH];
    const bpf: Sys["bpf"] = (command, attr) => (batch.includes(command) ? unsupported : sys.bpf(command, attr));
    using poller = new Poller(sys);
    using m = createMap({ sys: { ...sys, bpf }, cpus: 1, poller }, map("m", { type: "hash", maxEntries: 3 }));
    const entries = [1, 2, 3, 4].map((index) => [key(index), value(index)] as const);
    expect(m.updateBatch(entries, 0)).toEqual({ status: errors.E2BIG, written: 3 });
    const read = [...m.entries()].map(([k, v]) => `${k} ${v}`);
    expect(read.sort()).toEqual(entries.slice(0, 3).map(([k, v]) => `${k} ${v}`));
    // Deleting while walking ends.
    for (const [k] of m.entries()) expect(m.delete(k)).toBe(0);
    expect([...m.entries()]).toEqual([]);
  });

  test("wrong sizes never reach the kernel, and a closed map is closed", async () => {
    using opened = await open({ type: "hash" });
    const { m } = opened;
    expect(m.lookup(new Uint8Array(3))).toBe(errors.EINVAL);
    expect(m.update(key(1), new Uint8Array(4), 0)).toBe(errors.EINVAL);
    expect(m.update(key(1), value(1), -1)).toBe(errors.EINVAL);
    expect(m.updateBatch([[new Uint8Array(5), value(1)]], 0)).toEqual({ status: errors.EINVAL, written: 0 });
    opened[Symbol.dispose]();
    expect(m.lookup(key(1))).toBe(errors.EBADF);
    expect(m.updateBatch([[key(1), value(1)]], 0)).toEqual({ status: errors.EBADF, written: 0 });
    expect((await diagnosticOf(() => [...m.entries()])).code).toBe("BPF6205");
  });

  test("a map that the kernel refuses names itself", async () => {
    const at = { file: "f.bpf.ts", line: 3, column: 1, length: 5 };
    const refused = await diagnosticOf(() => open({ key: scalarLayouts.u64, at }));
    expect(refused).toMatchObject({ code: "BPF6210", at, message: 'the kernel refuses the map "m"' });
    expect(refused.notes.join()).toContain("EINVAL");
    expect((await diagnosticOf(() => open({ type: "hash", maxEntries: Number.NaN }))).code).toBe("BPF6210");
    expect((await diagnosticOf(() => open({ type: "hash", maxEntries: 0xffff_ffff }))).code).toBe("BPF6211");
  });
});

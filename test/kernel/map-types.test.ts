// Every map type in the running kernel, as bytes and error numbers: created, written, read, and what it refuses. Sockets
// are on loopback, cgroups in a hierarchy that the test mounts for itself.

import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { type MapSpec, type MapTypeName, mapTypes, scalarLayouts } from "@typebpf/abi";
import { expect, test } from "vitest";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import type { KernelMap } from "../../packages/loader/src/kernel/map.ts";
import { describeKernel, testSince } from "./gate.ts";
import { shapes } from "./map-shapes.ts";
import { diagnosticOf, map, object, present, program } from "./objects.ts";

const { u32, u64 } = scalarLayouts;
const u32Bytes = (...values: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
const u64Bytes = (...values: readonly bigint[]): Uint8Array => new Uint8Array(BigUint64Array.from(values).buffer);
const none = new Uint8Array(0);
const inner = { type: "hash", key: u32, value: u64, maxEntries: 8, flags: 0 } as const;

async function open(type: MapTypeName, rest: Partial<MapSpec> = {}) {
  const loaded = await kernel().load(object([], [map("m", { type, ...shapes[type], ...rest })]));
  return { m: present(loaded.maps.get("m")), [Symbol.dispose]: () => loaded[Symbol.dispose]() };
}

/** Both ends of a connection over loopback. */
async function connection() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const client = connect(typeof address === "object" && address ? address.port : 0, "127.0.0.1");
  const [accepted] = (await once(server, "connection")) as [Socket];
  if (client.connecting) await once(client, "connect");
  return {
    client,
    accepted,
    [Symbol.dispose]: () => {
      client.destroy();
      accepted.destroy();
      server.close();
    },
  };
}

const types = (Object.keys(mapTypes) as MapTypeName[]).filter((type) => shapes[type]);

describeKernel("map types in the kernel", () => {
  for (const type of types)
    testSince(mapTypes[type].since, `${type} is created`, async () => {
      using opened = await open(type);
      expect(opened.m.spec.type).toBe(type);
    });

  test("what a type needs is refused by name where it is missing", async () => {
    expect((await diagnosticOf(() => open("skStorage", { flags: 0 }))).code).toBe("BPF6210");
    expect((await diagnosticOf(() => open("stackTrace", { value: u32 }))).code).toBe("BPF6210");
    expect((await diagnosticOf(() => open("userRingBuffer", { maxEntries: 5000 }))).code).toBe("BPF6250");
    const { inner: _, ...bare } = map("m", { type: "arrayOfMaps", ...shapes.arrayOfMaps });
    expect((await diagnosticOf(() => kernel().load(object([], [bare])))).code).toBe("BPF6261");
  });

  test("an array of programs takes programs of one type, and tells their ids", async () => {
    const maps = [map("jumps", { type: "progArray", value: u32, programs: ["second", null, "first"] })];
    const first = program("first", "w0 = 1\nexit");
    const second = program("second", "w0 = 2\nexit");
    const call = "r2 = 2\nr3 = 0\nr2 = map jumps\nr3 = 2\ncall 12\nw0 = 3\nexit";
    using loaded = await kernel().load(object([first, second, program("main", call)], maps));
    const jumps = present(loaded.maps.get("jumps"));
    expect(loaded.programs.get("main")?.run({ packet: new Uint8Array(60) }).retval).toBe(1);
    expect(jumps.lookup(u32Bytes(0))).toEqual(u32Bytes(present(loaded.programs.get("second")).id));
    expect(jumps.lookup(u32Bytes(1))).toBe(-2);
    expect([jumps.delete(u32Bytes(2)), jumps.delete(u32Bytes(2))]).toEqual([0, -2]);
    expect(loaded.programs.get("main")?.run({ packet: new Uint8Array(60) }).retval).toBe(3);
    expect(jumps.update(u32Bytes(4), u32Bytes(present(loaded.programs.get("first")).fd.number), 0)).toBe(-7);
    const other = program("other", "w0 = 0\nexit", "sched_cls");
    const mixed = [map("jumps", { type: "progArray", value: u32, programs: ["first", "other"] })];
    expect((await diagnosticOf(() => kernel().load(object([first, other], mixed)))).code).toBe("BPF6263");
  });

  test("queue and stack: first in first out and last in first out, full, empty", async () => {
    for (const [type, order] of [
      ["queue", [1n, 2n]],
      ["stack", [2n, 1n]],
    ] as const) {
      using opened = await open(type, { maxEntries: 2 });
      const { m } = opened;
      expect([1n, 2n, 3n].map((value) => m.update(none, u64Bytes(value), 0))).toEqual([0, 0, -7]);
      expect(m.lookup(none)).toEqual(u64Bytes(order[0]));
      expect([m.lookupAndDelete(none), m.lookupAndDelete(none)]).toEqual(order.map((value) => u64Bytes(value)));
      expect([m.lookupAndDelete(none), m.lookup(none), m.delete(none)]).toEqual([-2, -2, -22]);
      // BPF_EXIST drops the oldest.
      expect([1n, 2n, 3n].map((value) => m.update(none, u64Bytes(value), 2))).toEqual([0, 0, 0]);
      expect(m.lookup(none)).toEqual(u64Bytes(type === "queue" ? 2n : 3n));
      expect([...m.entries()]).toEqual([]);
    }
  });

  test("a bloom filter forgets nothing", async () => {
    using opened = await open("bloomFilter", { maxEntries: 100 });
    const { m } = opened;
    expect(m.contains(u64Bytes(7n))).toBe(-2);
    expect(m.update(none, u64Bytes(7n), 0)).toBe(0);
    expect(m.contains(u64Bytes(7n))).toBe(0);
    expect(m.update(none, u64Bytes(7n), 1)).toBe(-22);
  });

  test("maps of maps hold maps like their template", async () => {
    for (const type of ["arrayOfMaps", "hashOfMaps"] as const) {
      using opened = await open(type, { maxEntries: 2 });
      const { m } = opened;
      const made = present(m.inner).create("one");
      using reference = m.resolve({ kind: "map", map: made });
      expect(m.lookup(u32Bytes(1))).toBe(-2);
      expect(m.update(u32Bytes(1), u32Bytes(reference.number), 0)).toBe(0);
      const id = m.lookup(u32Bytes(1)) as Uint8Array;
      expect(m.inner?.open(id)).toBe(made);
      expect(made.update(u32Bytes(5), u64Bytes(50n), 0)).toBe(0);
      expect([...m.entries()]).toContainEqual([u32Bytes(1), id]);
      using other = await open("array", { value: u64 });
      using wrong = m.resolve({ kind: "map", map: other.m });
      expect(m.update(u32Bytes(0), u32Bytes(wrong.number), 0)).toBe(-22);
      expect(m.delete(u32Bytes(1))).toBe(0);
      expect(m.inner?.open(u32Bytes(0x7fff_ffff))).toBeUndefined();
    }
  });

  test("a map of maps opens maps that others have put there", async () => {
    using opened = await open("hashOfMaps");
    using same = await open("hash", inner);
    expect(same.m.update(u32Bytes(1), u64Bytes(11n), 0)).toBe(0);
    expect(opened.m.update(u32Bytes(9), u32Bytes(same.m.fd.number), 0)).toBe(0);
    const found = present(opened.m.inner?.open(opened.m.lookup(u32Bytes(9)) as Uint8Array));
    expect(found.lookup(u32Bytes(1))).toEqual(u64Bytes(11n));
  });

  test("devices, CPUs and cgroups", async () => {
    using devices = await open("devMap");
    expect(devices.m.update(u32Bytes(0), u32Bytes(1, 0), 0)).toBe(0);
    expect(devices.m.lookup(u32Bytes(0))).toEqual(u32Bytes(1, 0));
    expect(devices.m.update(u32Bytes(0), u32Bytes(0x7fff_ffff, 0), 0)).toBe(-22);
    using hashed = await open("devMapHash");
    using loopback = hashed.m.resolve({ kind: "interface", interface: "lo" });
    expect(hashed.m.update(u32Bytes(77), u32Bytes(loopback.number), 0)).toBe(0);
    expect([...hashed.m.entries()]).toEqual([[u32Bytes(77), u32Bytes(1)]]);
    using cpus = await open("cpuMap");
    expect(cpus.m.update(u32Bytes(0), u32Bytes(192, 0), 0)).toBe(0);
    expect(cpus.m.lookup(u32Bytes(0))).toEqual(u32Bytes(192, 0));
    expect(cpus.m.lookup(u32Bytes(1))).toBe(-2);
    using cgroups = await open("cgroupArray");
    const root = openSync("/proc/self", "r");
    expect(cgroups.m.update(u32Bytes(0), u32Bytes(root), 0)).toBe(-9);
    closeSync(root);
  });

  test("sockets: their cookies come back", async () => {
    using pair = await connection();
    for (const type of ["sockMap", "sockHash"] as const) {
      using opened = await open(type);
      const { m } = opened;
      using socket = m.resolve({ kind: "socket", socket: pair.client });
      expect(m.update(u32Bytes(3), u64Bytes(BigInt(socket.number)), 0)).toBe(0);
      expect(m.lookup(u32Bytes(3))).not.toEqual(u64Bytes(0n));
      expect([m.delete(u32Bytes(3)), m.delete(u32Bytes(3))]).toEqual([0, type === "sockMap" ? -22 : -2]);
    }
  });

  async function storage(m: KernelMap, owner: number): Promise<void> {
    const key = new Uint8Array(Int32Array.of(owner).buffer);
    expect(m.lookup(key)).toBe(-2);
    expect(m.update(key, u64Bytes(5n), 2)).toBe(-2);
    expect(m.update(key, u64Bytes(5n), 0)).toBe(0);
    expect(m.update(key, u64Bytes(6n), 1)).toBe(-17);
    expect(m.lookup(key)).toEqual(u64Bytes(5n));
    expect([...m.entries()]).toEqual([]);
    expect([m.delete(key), m.delete(key)]).toEqual([0, -2]);
  }

  test("storages of sockets, processes and files", async () => {
    using pair = await connection();
    using sockets = await open("skStorage");
    using socket = sockets.m.resolve({ kind: "socket", socket: pair.accepted });
    await storage(sockets.m, socket.number);
    using tasks = await open("taskStorage");
    using task = tasks.m.resolve({ kind: "process", pid: process.pid });
    await storage(tasks.m, task.number);
    using inodes = await open("inodeStorage");
    using file = inodes.m.resolve({ kind: "file", at: process.execPath });
    await storage(inodes.m, file.number);
    expect((await diagnosticOf(() => inodes.m.resolve({ kind: "file", at: "/nowhere" }))).code).toBe("BPF6260");
    expect((await diagnosticOf(() => tasks.m.resolve({ kind: "process", pid: 0x3fff_ffff }))).code).toBe("BPF6260");
  });

  test("a frozen map can be read but not written, once and for all", async () => {
    using opened = await open("hash");
    const { m } = opened;
    expect(m.update(u32Bytes(1), u64Bytes(1n), 0)).toBe(0);
    expect(m.freeze()).toBe(0);
    expect([m.update(u32Bytes(1), u64Bytes(2n), 0), m.delete(u32Bytes(1)), m.freeze() < 0]).toEqual([-1, -1, true]);
    expect(m.lookup(u32Bytes(1))).toEqual(u64Bytes(1n));
  });

  test("flags: read only, write only, both", async () => {
    using readOnly = await open("hash", { flags: 8 });
    expect(readOnly.m.update(u32Bytes(1), u64Bytes(1n), 0)).toBe(-1);
    expect(readOnly.m.lookup(u32Bytes(1))).toBe(-2);
    using writeOnly = await open("hash", { flags: 16 });
    expect(writeOnly.m.update(u32Bytes(1), u64Bytes(1n), 0)).toBe(0);
    expect(writeOnly.m.lookup(u32Bytes(1))).toBe(-1);
    expect((await diagnosticOf(() => open("hash", { flags: 24 }))).code).toBe("BPF6210");
    using others = await open("hash", { flags: 1 | 4 | 64 | 128 });
    expect(others.m.update(u32Bytes(1), u64Bytes(1n), 0)).toBe(0);
  });

  test("an array shares its memory, until it is closed", async () => {
    const opened = await open("array", { flags: 0x400 });
    const memory = present(opened.m.shared)();
    expect(memory.size).toBe(32);
    expect(opened.m.update(u32Bytes(2), u64Bytes(9n), 0)).toBe(0);
    expect(memory.read(16, 8)).toEqual(u64Bytes(9n));
    expect(memory.write(24, u64Bytes(10n))).toBe(0);
    expect(opened.m.lookup(u32Bytes(3))).toEqual(u64Bytes(10n));
    expect((await diagnosticOf(() => memory.read(25, 8))).code).toBe("BPF6009");
    opened[Symbol.dispose]();
    expect([memory.read(0, 8), memory.write(0, u64Bytes(1n))]).toEqual([-9, -9]);
  });

  testSince("6.9", "an arena shares its memory", async () => {
    using arena = await open("arena", { maxEntries: 2 });
    const memory = present(arena.m.shared)();
    expect([memory.size, memory.write(4096, u64Bytes(5n)), memory.read(4096, 8)]).toEqual([8192, 0, u64Bytes(5n)]);
  });

  test("a user ring buffer takes records until it is full", async () => {
    using opened = await open("userRingBuffer");
    using ring = present(opened.m.userRing)();
    const record = new Uint8Array(1000);
    const statuses = Array.from({ length: 5 }, () => ring.write(record));
    expect(statuses).toEqual([0, 0, 0, 0, -28]);
    expect([ring.used, ring.write(new Uint8Array(4096))]).toEqual([4 * 1008, -7]);
    expect((await diagnosticOf(() => present(opened.m.userRing)())).code).toBe("BPF6171");
    ring.close();
    expect((await diagnosticOf(() => ring.write(record))).code).toBe("BPF6205");
    using again = present(opened.m.userRing)();
    expect(again.used).toBe(4 * 1008);
  });

  /** Sends the first `bytes` bytes of a value on the stack, 1 to 24, and `packet` bytes of the packet, `times` times. */
  const output = (bytes: number, packet: number): string => `
    r6 = r1
    *(u64 *)(r10 -24) = 1
    *(u64 *)(r10 -16) = 2
    *(u64 *)(r10 -8) = 3
    r2 = map m
    r3 = ${packet}
    r3 <<= 32
    w4 = -1
    r3 |= r4
    r4 = r10
    r4 += -24
    r5 = ${bytes}
    r1 = r6
    call 25
    exit`;

  test("a perf event array: samples of every size, in order, and how many were lost", async () => {
    const programs = [program("small", output(4, 0)), program("large", output(24, 20))];
    using loaded = await kernel({ cpu: 0 }).load(
      object(programs, [map("m", { type: "perfEventArray", ...shapes.perfEventArray })]),
    );
    const m = present(loaded.maps.get("m"));
    const run = (name: string, repeat = 1): number =>
      present(loaded.programs.get(name)).run({ packet: Uint8Array.from({ length: 60 }, (_, at) => at), repeat }).retval;
    expect(run("small") | 0).toBe(-2);
    using reader = present(m.perfReader)({ pages: 1 });
    expect([await reader.wait(0), reader.consume()]).toEqual([false, []]);
    expect([run("small"), run("large")]).toEqual([0, 0]);
    expect(await reader.wait(1000)).toBe(true);
    const [small, large] = reader.consume();
    expect(small).toEqual({ kind: "sample", cpu: 0, bytes: u32Bytes(1) });
    const packet = Uint8Array.from({ length: 20 }, (_, at) => at);
    expect(large).toEqual({ kind: "sample", cpu: 0, bytes: Uint8Array.of(...u64Bytes(1n, 2n, 3n), ...packet) });
    // Over the end of the ring, and past its room.
    for (let round = 0; round < 40; round++) {
      run("large", 7);
      expect(reader.consume().map((one) => one.kind === "sample" && one.bytes.length)).toEqual(new Array(7).fill(44));
    }
    run("large", 100);
    const kept = reader.consume();
    expect(kept.every(({ kind }) => kind === "sample")).toBe(true);
    run("small");
    expect(reader.consume(1)).toEqual([{ kind: "lost", cpu: 0, count: 100 - kept.length }]);
    expect(reader.consume()).toHaveLength(1);
    const waiting = reader.wait(5000);
    run("small");
    expect(await waiting).toBe(true);
    expect((await diagnosticOf(() => present(m.perfReader)())).code).toBe("BPF6171");
    reader.close();
    expect(run("small") | 0).toBe(-2);
    expect((await diagnosticOf(() => reader.consume())).code).toBe("BPF6205");
    expect((await diagnosticOf(() => present(m.perfReader)({ pages: 3 }))).code).toBe("BPF6009");
  });
});

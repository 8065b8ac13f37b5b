// The reader of ring buffers against the running kernel: order, room, wrap-around, busy and discarded records, waiting
// without stopping the event loop, and what ends it. Needs CAP_BPF and CAP_NET_ADMIN.
import { fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type MapSpec, noKey, scalarLayouts } from "@typebpf/abi";
import { expect, test } from "vitest";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { createMap } from "../../packages/loader/src/kernel/map-create.ts";
import { Poller } from "../../packages/loader/src/kernel/poller.ts";
import { loadProgram } from "../../packages/loader/src/kernel/program-load.ts";
import { openSys } from "../../packages/loader/src/kernel/sys.ts";
import { load } from "../../packages/loader/src/load.ts";
import { createTestbed } from "../../packages/loader/src/testing/index.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, map, object, present, program } from "./objects.ts";

const packet = new Uint8Array(60);
const ring = (rest: Partial<MapSpec> = {}): MapSpec =>
  map("events", { type: "ringBuffer", key: noKey, value: scalarLayouts.u64, maxEntries: 4096, ...rest });

/** Puts the packet's first 8 bytes into the ring: reserve, write, submit (132) or discard (133). Returns 2, full 1. */
const emit = (name: string, how: 132 | 133, flags = 0) =>
  program(
    name,
    `r6 = *(u32 *)(r1 +0)
     r7 = *(u32 *)(r1 +4)
     r2 = r6
     r2 += 14
     w0 = 0
     if r2 > r7 goto out
     r1 = map events
     r2 = 8
     r3 = 0
     call 131
     if r0 == 0 goto full
     r1 = *(u64 *)(r6 +0)
     *(u64 *)(r0 +0) = r1
     r1 = r0
     r2 = ${flags}
     call ${how}
     w0 = 2
     exit
     full:
     w0 = 1
     out:
     exit`,
  );

const pair = { kind: "array", item: scalarLayouts.u64, length: 2, size: 16, align: 8 } as const;

/** Writes the next number and its complement; counts runs in `counts[0]`, and those for which there was no room in [1]. */
const numbered = program(
  "numbered",
  `*(u32 *)(r10 -4) = 0
   r2 = r10
   r2 += -4
   r1 = map counts
   call 1
   if r0 == 0 goto out
   r6 = 1
   r6 = atomic64_fetch_add((u64 *)(r0 +0), r6)
   r1 = map events
   r2 = 16
   r3 = 0
   call 131
   if r0 == 0 goto full
   *(u64 *)(r0 +0) = r6
   r6 ^= -1
   *(u64 *)(r0 +8) = r6
   r1 = r0
   r2 = 0
   call 132
   w0 = 2
   exit
   full:
   *(u32 *)(r10 -4) = 1
   r2 = r10
   r2 += -4
   r1 = map counts
   call 1
   if r0 == 0 goto out
   r6 = 1
   lock *(u64 *)(r0 +0) += r6
   out:
   w0 = 2
   exit`,
);
const writer = fileURLToPath(new URL("./ring-writer.ts", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

async function open(spec = ring()) {
  const loaded = await load(
    object([emit("submit", 132), emit("discard", 133), emit("quiet", 132, 1)], [spec]),
    kernel(),
  );
  const emitted = (name: string, value: bigint): number => {
    new DataView(packet.buffer).setBigUint64(0, value, true);
    return present(loaded.programs[name]).run(packet).retval;
  };
  const events = present(present(loaded.maps.events).records);
  return { loaded, events, emit: emitted, [Symbol.dispose]: () => loaded.close() };
}

describeKernel("a ring buffer", () => {
  test("gives records in order, once, without the discarded ones", async () => {
    using one = await open();
    expect(one.events.drain()).toEqual([]);
    expect(one.emit("submit", 1n)).toBe(2);
    expect(one.emit("discard", 2n)).toBe(2);
    expect(one.emit("submit", 0xffff_ffff_ffff_fffen)).toBe(2);
    expect(one.events.drain()).toEqual([1n, 0xffff_ffff_ffff_fffen]);
    expect(one.events.drain()).toEqual([]);
  });

  test("goes round and round; what has been read makes room, what has not stays", async () => {
    using one = await open();
    let next = 0n;
    let read = 0n;
    // 16 bytes each, so a ring of 4096 bytes takes 256; 100 at a time cross the end at many places.
    for (let round = 0; round < 30; round++) {
      for (let count = 0; count < 100; count++) expect(one.emit("submit", next++)).toBe(2);
      for (const value of one.events.drain()) expect(value).toBe(read++);
    }
    expect(read).toBe(3000n);
    let room = 0;
    while (one.emit("submit", next) === 2) room++;
    expect(room).toBeGreaterThan(250);
    expect(one.events.drain().length).toBe(room);
    expect(one.emit("submit", 7n)).toBe(2);
  });

  test("a record over the end of the ring is whole", async () => {
    // After one of 16 bytes, records of 8 + 24 bytes go over the end.
    const bytes = { kind: "array", item: scalarLayouts.u8, length: 24, size: 24, align: 1 } as const;
    const output = program(
      "output",
      `r2 = *(u32 *)(r1 +0)
       r3 = *(u32 *)(r1 +4)
       r4 = r2
       r4 += 24
       w0 = 0
       if r4 > r3 goto out
       r1 = *(u64 *)(r2 +0)
       *(u64 *)(r10 -24) = r1
       r1 = *(u64 *)(r2 +8)
       *(u64 *)(r10 -16) = r1
       r1 = *(u64 *)(r2 +16)
       *(u64 *)(r10 -8) = r1
       r2 = r10
       r2 += -24
       r1 = map events
       r3 = 24
       r4 = 0
       call 130
       w0 = 2
       out: exit`,
    );
    using loaded = await kernel().load(object([output, emit("submit", 132)], [ring({ value: bytes })]));
    const run = (name: string, fill: number) =>
      present(loaded.programs.get(name)).run({ packet: new Uint8Array(60).fill(fill) });
    using reader = present(present(loaded.maps.get("events")).ringBuffer)();
    run("submit", 0);
    expect(reader.consume().map((record) => record.length)).toEqual([8]);
    for (let index = 1; index < 300; index++) {
      run("output", index & 0xff);
      expect(reader.consume()).toEqual([new Uint8Array(24).fill(index & 0xff)]);
    }
  });

  // An emulated machine is too slow for the ticks that this counts.
  test.skipIf(process.env.TYPEBPF_GUEST)(
    "an iteration sleeps until there is something; the event loop goes on",
    async () => {
      using one = await open();
      let turns = 0;
      const ticking = setInterval(() => turns++, 1);
      const seen: unknown[] = [];
      setTimeout(() => one.emit("submit", 1n), 60);
      setTimeout(() => one.emit("submit", 2n), 90);
      // NO_WAKEUP wakes nobody, but is seen soon.
      setTimeout(() => one.emit("quiet", 3n), 120);
      for await (const event of one.events) {
        seen.push(event);
        if (event === 3n) break;
      }
      clearInterval(ticking);
      expect(seen).toEqual([1n, 2n, 3n]);
      expect(turns).toBeGreaterThan(20);
      expect(one.events.drain()).toEqual([]);
    },
  );

  test("a wait ends with a record, with its time, with the reader and with the object", async () => {
    const one = await open();
    const raw = present(one.loaded.maps.events).raw;
    const reader = present(raw.ringBuffer)();
    expect(await reader.wait(0)).toBe(false);
    expect(await reader.wait(20)).toBe(false);
    setTimeout(() => one.emit("submit", 1n), 10);
    expect(await reader.wait(60_000)).toBe(true);
    expect(await reader.wait(60_000)).toBe(true);
    expect(reader.consume().length).toBe(1);
    setTimeout(() => reader.close(), 10);
    expect(await reader.wait(60_000)).toBe(false);
    const second = present(raw.ringBuffer)();
    setTimeout(() => one.loaded.close(), 10);
    expect(await second.wait(60_000)).toBe(false);
    expect(second.closed).toBe(true);
    expect((await diagnosticOf(() => second.consume())).code).toBe("BPF6205");
    expect((await diagnosticOf(() => present(raw.ringBuffer)())).code).toBe("BPF6205");
  });

  test("has one reader", async () => {
    using one = await open();
    const iteration = one.events[Symbol.asyncIterator]();
    one.emit("submit", 1n);
    expect((await iteration.next()).value).toBe(1n);
    expect((await diagnosticOf(() => one.events.drain())).code).toBe("BPF6171");
    expect((await diagnosticOf(() => one.events[Symbol.asyncIterator]().next())).code).toBe("BPF6171");
    await iteration.return();
    expect(one.events.drain()).toEqual([]);
  });

  test("many rings are waited for at once, more than there are threads for", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `ring${index}`);
    const emits = names.map((name) => {
      const source = emit(name, 132);
      return { ...source, name: `emit_${name}`, relocations: [{ ...present(source.relocations[0]), map: name }] };
    });
    using loaded = await load(
      object(
        emits,
        names.map((name) => ring({ name })),
      ),
      kernel(),
    );
    const firsts = names.map(async (name) => {
      for await (const event of present(present(loaded.maps[name]).records)) return event;
      return undefined;
    });
    await delay(10);
    for (const [index, name] of names.entries()) {
      packet[0] = index;
      new DataView(packet.buffer).setBigUint64(0, BigInt(index), true);
      present(loaded.programs[`emit_${name}`]).run(packet);
    }
    expect(await Promise.all(firsts)).toEqual(names.map((_, index) => BigInt(index)));
  });

  test("two CPUs write while it is read: every record comes once and whole, or was counted as lost", async () => {
    const sys = await openSys();
    const poller = new Poller(sys);
    const host = { sys, cpus: 1, poller };
    using events = createMap(host, ring({ value: pair, maxEntries: 1 << 16 }));
    using counts = createMap(host, map("counts", { maxEntries: 2 }));
    const maps = new Map([
      ["events", events.fd.number],
      ["counts", counts.fd.number],
    ]);
    using fd = loadProgram(sys, { program: numbered, license: "GPL", maps, logLevel: 0 }).fd;
    let running = 2;
    const statuses = [1, 2].map(async () => {
      const stdio = ["ignore", "inherit", "inherit", "ipc", fd.number] as const;
      const child = fork(writer, ["40", "2000"], { execArgv: ["--import", tsx], stdio: [...stdio] });
      const [status] = await once(child, "exit");
      running--;
      return status;
    });
    using reader = present(events.ringBuffer)();
    const seen = new Set<bigint>();
    while (running > 0 || (await reader.wait(0))) {
      await reader.wait(5);
      for (const record of reader.consume()) {
        const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
        const number = view.getBigUint64(0, true);
        expect(view.getBigUint64(8, true)).toBe(~number & 0xffff_ffff_ffff_ffffn);
        expect(seen.has(number)).toBe(false);
        seen.add(number);
      }
    }
    expect(await Promise.all(statuses)).toEqual([0, 0]);
    const count = (index: number) =>
      new DataView((counts.lookup(Uint8Array.of(index, 0, 0, 0)) as Uint8Array).buffer).getBigUint64(0, true);
    expect(count(0)).toBe(160_000n);
    expect(BigInt(seen.size) + count(1)).toBe(160_000n);
    expect(seen.size).toBeGreaterThan(1000);
    poller[Symbol.dispose]();
  });

  test("carries real traffic", async () => {
    await using testbed = await createTestbed();
    using one = await open(ring({ maxEntries: 1 << 16 }));
    testbed.host.inNamespace(() => present(one.loaded.programs.submit).attach({ interface: "veth0" }));
    let count = 0;
    const counting = (async () => {
      for await (const _ of one.events) count++;
    })();
    await testbed.ping({ from: "10.42.0.2", count: 1 });
    const { received } = await testbed.ping({ from: "10.42.0.2", count: 500 });
    expect(received).toBeGreaterThan(100);
    await expect.poll(() => count).toBeGreaterThan(received);
    one.events.close();
    await counting;
  });

  test("sizes that the kernel does not make", async () => {
    for (const maxEntries of [0, 1, 2048, 5000, 4096 * 3]) {
      const refused = await diagnosticOf(() => kernel().load(object([], [ring({ maxEntries })])));
      expect(refused.code).toBe("BPF6250");
      expect(refused.message).toContain(`${maxEntries} bytes`);
    }
  });

  test("as a map it has no entries and takes none", async () => {
    using one = await open();
    const events = present(one.loaded.maps.events);
    expect([...events]).toEqual([]);
    expect(events.size).toBe(0);
    expect((await diagnosticOf(() => events.get({}))).code).toBe("BPF6165");
    expect((await diagnosticOf(() => events.set({}, 1n))).code).toBe("BPF6165");
  });
});
